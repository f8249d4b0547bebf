import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before } from 'node:test';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { goThrough } from '../../src/media/scan/go-through.js';
import { probe } from '../../src/media/source/probe.js';
import { checkFootage } from '../../src/upscale/footage/footage-settings.js';
import { planOfRuns } from '../../src/upscale/footage/run-choice.js';
import { onlyInLongForm } from '../support/long-form.js';
import {
  frames,
  height,
  kinds,
  makeParts,
  rate,
  splice,
  tour,
  whole,
  width,
  type Kind,
  type Part,
  type Parts,
} from '../support/spliced-kinds.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);

let ffmpeg: Ffmpeg;
let parts: Parts;
/** Pictures of the film, by scene. */
let pictures: Uint8Array[][];

before(async () => {
  ffmpeg = await locateFfmpeg();
  ({ parts, pictures } = await makeParts(folder));
});

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  Buffer.compare(a.subarray(0, width * height), b.subarray(0, width * height)) === 0;

function holdsField(picture: Uint8Array, frame: Uint8Array, field: string): boolean {
  for (let row = field === 'top' ? 0 : 1; row < height; row += 2) {
    const line = (data: Uint8Array) => data.subarray(row * width, (row + 1) * width);
    if (Buffer.compare(line(picture), line(frame)) !== 0) return false;
  }
  return true;
}

/**
 * Splices parts into one clip and checks what becomes of it: nothing is lost, no picture holds
 * anything that is not of its frame, and all come in time. Returns the pictures that were made as
 * of another kind than that of their part, in words.
 */
async function mistakes(sequence: readonly Part[]): Promise<string[]> {
  const all = await splice(parts, sequence, file('clip.nut'));
  const source = await probe(ffmpeg, file('clip.nut'));
  const found = await goThrough(ffmpeg, source, { stallTimeoutMs: 60_000 });
  const settings = checkFootage({ telecine: 'auto', deinterlace: 'auto-field' });
  const runs = planOfRuns(source, found, settings);
  const made = asDecoded(source, { fields: null, crop: null, runs, denoise: null });
  const { num, den } = made.video.timeBase;
  const own = source.video.timeBase.den / (source.video.timeBase.num * rate);
  const wrong: string[] = [];
  const taken = all.map(() => new Set<string>());
  const film = new Map<Part, Set<number>>();
  let [before, count] = [-1, 0];
  for await (const { pts, data, origin } of decodeFrames(ffmpeg, made)) {
    const time = (pts * num) / den;
    assert.ok(time > before, `picture ${count} at ${time}, after ${before}`);
    const at = Math.round((origin?.sourcePts ?? pts) / own);
    const { part, number, data: frame } = all[at]!;
    const field = origin?.field ?? 'both';
    taken[at]!.add(field);
    const what = `frame ${at} (${number} of ${part.kind}) as ${field}`;
    if (field === 'top' || field === 'bottom') {
      assert.ok(holdsField(data, frame, field), `${what} is another`);
      // A second field comes half-way to the next frame, as every second picture of a pair.
      const isSecond = taken[at]!.size === 2;
      assert.ok(Math.abs(time - (at + (isSecond ? 0.5 : 0)) / rate) < 1e-4, `${what}: ${time}`);
    } else if (field === 'both') {
      assert.ok(isEqual(data, frame), `${what} is another`);
      assert.ok(Math.abs(time - at / rate) < 1e-4, `${what}: ${time}`);
    } else {
      const place = pictures[part.scene]!.findIndex((each) => isEqual(each, data));
      if (part.kind === 'film') film.set(part, (film.get(part) ?? new Set()).add(place));
      if (place < 0 && !(part.kind === 'still' && isEqual(data, frame))) wrong.push(what);
      // Pictures come evenly, up to half a frame beside their frames.
      assert.ok(Math.abs(time - at / rate) < 0.76 / rate, `${what}: ${time}`);
    }
    const fits: Record<Kind, readonly string[]> = {
      ...{ progressive: ['both'], top: ['top', 'bottom'], bottom: ['top', 'bottom'] },
      ...{ film: ['film'], still: ['both', 'film', 'top', 'bottom'] },
    };
    if (!fits[part.kind].includes(field)) wrong.push(what);
    before = time;
    count++;
  }
  assert.equal(count, made.video.frameCount ?? count);
  all.forEach(({ part }, at) => {
    const { size } = taken[at]!;
    if (part.kind === 'film' || taken[at]!.has('both')) return;
    // What stands still counts as film beside film: of five frames one gives no picture.
    if (part.kind === 'still') {
      assert.ok(
        size + (taken[at - 1]?.size ?? 1) + (taken[at + 1]?.size ?? 1) > 1,
        `${at} is lost`,
      );
    } else if (part.kind === 'progressive') assert.ok(size > 0, `frame ${at} is lost`);
    else assert.ok(size === 2, `frame ${at} has lost a field`);
  });
  for (const part of sequence) {
    if (part.kind !== 'film') continue;
    const places = [...(film.get(part) ?? [])].filter((place) => place >= 0);
    // Of the first and the last picture one field may be missing.
    const least = Math.floor(((part.to - part.from) * 4) / 5) - 1;
    assert.ok(places.length >= least, `${places.length} pictures of film, not ${least}`);
  }
  const last = all.length / rate - before;
  assert.ok(
    last > 0.45 / rate && last < 1.51 / rate,
    `the last picture comes ${last} s before the end`,
  );
  return wrong;
}

test('in a clip of all pairs of kinds each becomes what it is, from its first frame on', async () => {
  const way = tour();
  assert.equal(way.length, kinds.length * (kinds.length - 1) + 1);
  assert.deepEqual(await mistakes(way.map(whole)), []);
});

test('where a splice breaks the cadence of film, one picture at most is lost on either side', async () => {
  for (const [to, from] of [
    [37, 1],
    [38, 3],
    [36, 4],
  ] as const) {
    const wrong = await mistakes([
      { kind: 'film', scene: 0, from: 0, to },
      { kind: 'film', scene: 1, from, to: frames },
    ]);
    assert.ok(wrong.length <= 2, wrong.join('\n'));
  }
});

for (const first of kinds) {
  for (const second of kinds.filter((each) => each !== first)) {
    test(`${first}, then ${second}`, { skip: onlyInLongForm }, async () => {
      assert.deepEqual(await mistakes([whole(first, 0), whole(second, 1)]), []);
    });
  }
}
