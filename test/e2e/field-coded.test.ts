import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { lookAt } from '../../src/media/scan/look.js';
import { probe } from '../../src/media/source/probe.js';
import type { FieldOrder } from '../../src/media/source/source.js';
import { packageRoot } from '../../src/package-root.js';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { fieldCoded } from '../support/field-coded.js';
import { isLongForm, onlyInLongForm } from '../support/long-form.js';
import { probed } from '../support/probed.js';
import { builds, ptsOf } from '../support/produce.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const [width, height, frames, rate] = [160, 96, 30, 25];
const bytes = (width * height * 3) / 2;
const orders = ['top', 'bottom'] as const;
let programs: Ffmpeg[];
/** The frames that each stream holds. */
const held: Record<string, Uint8Array[]> = {};

/** The frames of a file of samples alone. */
async function framesIn(name: string): Promise<Uint8Array[]> {
  const raw = await readFile(file(name));
  assert.equal(raw.length, frames * bytes, name);
  return Array.from({ length: frames }, (_, i) => raw.subarray(i * bytes, (i + 1) * bytes));
}

/** H.264 in which each macroblock pair chooses between fields and frame (MBAFF), without loss. */
const chosen = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-flags', '+ildct+ilme'];

before(async () => {
  programs = await builds(await locateFfmpeg());
  const scene = path.join(packageRoot(), 'samples', 'scene.mp4');
  const pan = `loop=${2 * frames}:1:0,setpts=N/(50*TB),scale=768:432,crop=${width}:${height}:3*n:40`;
  for (const order of orders) {
    const made = `${pan},format=yuv420p,tinterlace=mode=interleave_${order},setpts=N/(${rate}*TB)`;
    const top = order === 'top' ? '1' : '0';
    await ffmpegRun(
      ...['-i', scene, '-an', '-vf', `${made},setfield=${order === 'top' ? 'tff' : 'bff'}`],
      ...['-r', String(rate), '-frames:v', String(frames), '-f', 'rawvideo', file('made.yuv')],
    );
    const raw = await framesIn('made.yuv');
    held[`paff-${order}`] = raw;
    await writeFile(
      file(`paff-${order}.264`),
      fieldCoded(raw, { width, height, rate, first: order }),
    );
    await ffmpegRun(
      ...['-f', 'rawvideo', '-s', `${width}x${height}`, '-r', String(rate)],
      ...['-i', file('made.yuv'), ...chosen, '-top', top, file(`mbaff-${order}.264`)],
    );
    // Debian's x264 loses some of the last frames' samples of this form.
    const decoded = ['-vsync', 'passthrough', '-f', 'rawvideo', file('decoded.yuv')];
    await ffmpegRun('-i', file(`mbaff-${order}.264`), ...decoded);
    held[`mbaff-${order}`] = await framesIn('decoded.yuv');
    for (const name of [`paff-${order}`, `mbaff-${order}`]) {
      const outputs = ['mp4', 'mkv', 'ts'].flatMap((end) => ['-c', 'copy', file(`${name}.${end}`)]);
      await ffmpegRun('-i', file(`${name}.264`), ...outputs);
    }
  }
});

/** Whether a picture holds all lines of one field of an interlaced frame. */
function holdsField(picture: Uint8Array, frame: Uint8Array, field: FieldOrder): boolean {
  for (let row = field === 'top' ? 0 : 1; row < height; row += 2) {
    const line = (data: Uint8Array) => data.subarray(row * width, (row + 1) * width);
    if (Buffer.compare(line(picture), line(frame)) !== 0) return false;
  }
  return true;
}

const cases = ['paff', 'mbaff'].flatMap((kind) =>
  ['264', 'mp4', 'mkv', 'ts'].map((end) => ({ kind, end })),
);
const quick = ['paff 264', 'paff mp4', 'mbaff mp4'];
for (const { kind, end } of cases) {
  const skip = quick.includes(`${kind} ${end}`) ? false : onlyInLongForm;
  const name = `${kind} in .${end}: 50 pictures a second, each of one field, by both ffmpegs`;
  test(name, { skip }, async () => {
    for (const ffmpeg of programs) {
      for (const order of orders) {
        const source = await probe(ffmpeg, file(`${kind}-${order}.${end}`));
        const said = `${ffmpeg.ffmpeg}, ${order}`;
        const { num, den } = source.video.frameRate!;
        assert.ok(Math.abs(num / den / rate - 1) < 0.02, `${said}: ${num}/${den} frames a second`);
        // MP4 alone states how many packets it has, which are fields or pairs of them.
        assert.equal(source.video.frameCount, end === 'mp4' ? frames : null, said);
        const scan = await lookAt(ffmpeg, source, { stallTimeoutMs: 60_000 });
        assert.deepEqual([scan.kind, scan.order], ['interlaced', order], said);
        const fields = { order, rate: 'field' } as const;
        const made = asDecoded(source, { fields, crop: null, runs: null, denoise: null });
        const ticks = made.video.timeBase;
        const times: number[] = [];
        for await (const { pts, data } of decodeFrames(ffmpeg, made)) {
          const number = times.push((pts * ticks.num) / ticks.den) - 1;
          const frame = held[`${kind}-${order}`]![number >> 1]!;
          const field = (number % 2 === 0) === (order === 'top') ? 'top' : 'bottom';
          assert.ok(holdsField(data, frame, field), `${said}: picture ${number} is another`);
        }
        assert.equal(times.length, 2 * frames, said);
        // Matroska counts in milliseconds, and its second fields in halves of them.
        times.forEach((time, i) => {
          assert.ok(Math.abs(time - times[0]! - i / 50) < 0.0011, `${said}: ${i} at ${time}`);
        });
      }
    }
  });
}

test('a clip of fields becomes one of 50 pictures a second that lasts as long', async () => {
  const jobs = [
    ['paff-top.264', 'mkv', 'field', 2 * frames],
    ['paff-top.mp4', 'mp4', 'field', 2 * frames],
    ['paff-bottom.mp4', 'mkv', 'auto-field', 2 * frames],
    ['mbaff-bottom.mp4', 'mkv', 'frame', frames],
  ] as const;
  for (const { ffmpeg, ffprobe } of isLongForm ? programs : programs.slice(0, 1)) {
    for (const [name, end, mode, count] of isLongForm ? jobs : jobs.slice(0, 2)) {
      const output = await enlarged(file(name), {
        ...{ model: 'espcn-16-lite-x2', precision: 'fp32', preset: 'ultrafast', log: false },
        ...{ deinterlace: mode, output: file(`out.${end}`), overwrite: true, restart: true },
        ...{ ffmpeg, ffprobe },
      });
      const pts = await ptsOf(output);
      assert.equal(pts.length, count, name);
      const [duration] = await probed(output, 'format=duration');
      assert.ok(Math.abs(Number(duration) - frames / rate) < 0.0021, `${name}: ${duration} s`);
      const [counted] = await probed(output, 'stream=avg_frame_rate');
      assert.equal(counted, `${(rate * count) / frames}/1`, name);
    }
  }
});

const shared = path.join(packageRoot(), '../shared/data');
for (const [name, count] of [
  ['odd/FRExt2_Panasonic.avc', 15],
  ['clips/old_town_1080i_10bit_PPH10I6.264', 10],
] as const) {
  const clip = path.join(shared, name);
  const isQuick = name.startsWith('odd');
  const skip = existsSync(clip) ? !isQuick && onlyInLongForm : `${clip} is not there`;
  test(
    `${path.basename(name)} becomes 50 pictures a second, by both ffmpegs`,
    { skip },
    async () => {
      for (const ffmpeg of programs) {
        const source = await probe(ffmpeg, clip);
        assert.deepEqual(source.video.frameRate, { num: 25, den: 1 }, ffmpeg.ffmpeg);
        const fields = { order: 'top', rate: 'field' } as const;
        const made = asDecoded(source, { fields, crop: null, runs: null, denoise: null });
        const times: number[] = [];
        const { num, den } = made.video.timeBase;
        for await (const { pts } of decodeFrames(ffmpeg, made)) times.push((pts * num) / den);
        const even = Array.from({ length: 2 * count }, (_, i) => Math.round(i * 20_000));
        assert.deepEqual(
          times.map((time) => Math.round(time * 1e6)),
          even,
        );
      }
    },
  );
}
