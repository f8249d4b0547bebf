import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { goThrough } from '../../src/media/scan/go-through.js';
import { probe } from '../../src/media/source/probe.js';
import { packageRoot } from '../../src/package-root.js';
import { checkFootage } from '../../src/upscale/footage/footage-settings.js';
import { planOfRuns } from '../../src/upscale/footage/run-choice.js';
import { ffmpegRun } from '../support/enlarge.js';
import { onlyInLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const [width, height, frames, rate] = [160, 96, 40, 30];
const bytes = (width * height * 3) / 2;

type Kind = 'progressive' | 'top' | 'bottom' | 'film' | 'still';
const kinds: readonly Kind[] = ['progressive', 'top', 'bottom', 'film', 'still'];

/** How each kind is made of 60 pictures a second. */
const filters: Readonly<Record<Kind, string>> = {
  progressive: "select='not(mod(n,2))'",
  top: 'tinterlace=mode=interleave_top',
  bottom: 'tinterlace=mode=interleave_bottom',
  film: `select='not(mod(n,2))',settb=1/24,setpts=N,telecine=first_field=top:pattern=23`,
  still: `trim=end_frame=1,loop=${frames}:1:0`,
};

let ffmpeg: Ffmpeg;
/** The frames of each kind, of two scenes. */
const parts = {} as Record<Kind, Uint8Array[][]>;
/** Pictures of the film, by scene. */
const pictures: Uint8Array[][] = [];

async function framesOf(scene: number, made: string, count: number): Promise<Uint8Array[]> {
  const pan = scene === 0 ? '3*n:40' : '500-2*n:300';
  const window = `scale=768:432,crop=${width}:${height}:${pan},format=yuv420p`;
  await ffmpegRun(
    ...['-i', path.join(packageRoot(), 'samples', 'scene.mp4'), '-an', '-vf'],
    ...[
      `trim=end_frame=1,loop=120:1:0,settb=1/60,setpts=N,${window},${made}`,
      '-vsync',
      'passthrough',
    ],
    ...['-frames:v', String(count), '-f', 'rawvideo', file('part.yuv')],
  );
  const raw = await readFile(file('part.yuv'));
  assert.equal(raw.length, count * bytes, made);
  return Array.from({ length: count }, (_, i) => raw.subarray(i * bytes, (i + 1) * bytes));
}

before(async () => {
  ffmpeg = await locateFfmpeg();
  for (const kind of kinds) {
    parts[kind] = [];
    for (const scene of [0, 1]) parts[kind].push(await framesOf(scene, filters[kind], frames));
  }
  for (const scene of [0, 1]) {
    pictures.push(await framesOf(scene, "select='not(mod(n,2))'", (frames * 4) / 5));
  }
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

/** A part of a clip: the scene, its kind and the frames of it that are taken. */
type Part = {
  readonly kind: Kind;
  readonly scene: number;
  readonly from: number;
  readonly to: number;
};

const whole = (kind: Kind, i: number): Part => ({ kind, scene: i % 2, from: 0, to: frames });

/**
 * Splices parts into one clip and checks what becomes of it: nothing is lost, no picture holds
 * anything that is not of its frame, and all come in time. Returns the pictures that were made as
 * of another kind than that of their part, in words.
 */
async function mistakes(sequence: readonly Part[]): Promise<string[]> {
  const all = sequence.flatMap((part) =>
    parts[part.kind][part.scene]!.slice(part.from, part.to).map((data, i) => ({
      ...{ data, part, number: part.from + i },
    })),
  );
  await writeFile(file('clip.yuv'), Buffer.concat(all.map(({ data }) => data)));
  await ffmpegRun(
    ...['-f', 'rawvideo', '-s', `${width}x${height}`, '-r', String(rate), '-i', file('clip.yuv')],
    ...['-vf', 'setfield=prog', '-c:v', 'ffv1', file('clip.nut')],
  );
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

/** A way through all ordered pairs of kinds, each once. */
function tour(): Kind[] {
  const left = new Map(kinds.map((kind) => [kind, kinds.filter((other) => other !== kind)]));
  const [stack, way]: [Kind[], Kind[]] = [['progressive'], []];
  while (stack.length > 0) {
    const next = left.get(stack.at(-1)!)!.pop();
    if (next === undefined) way.push(stack.pop()!);
    else stack.push(next);
  }
  return way;
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
