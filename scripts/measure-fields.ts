import { parseArgs } from 'node:util';
import { psnr } from '../src/metrics/psnr.js';
import { chooseModel } from '../src/model/catalogue/chain.js';
import { type LoadedModel, turnedTo } from '../src/model/load/load-model.js';
import { encodeModel } from '../src/model/onnx/model-file.js';
import { onnxRuntime } from '../src/model/runtime/onnx-runtime.js';
import type { Plane } from '../src/planes/plane.js';
import { resizePlane } from '../src/planes/resize.js';
import {
  border,
  deinterlacedFields,
  ends,
  requireClips,
  testClips,
  truthOf,
} from './fields/test-clips.js';

/*
 * node build/scripts/measure-fields.js [models...] [--order top] [--low-pass] [--quality 0]
 * [--pictures 40] [--every 1] [--strength 0.2] [--clips a.mp4,b.mp4]
 *
 * What 2x networks gain over bicubic behind a deinterlacer, on eight clips that were never trained
 * on. A clip's pictures, reduced by area averaging to 704x576, are the truth; halved again, they
 * become the fields of a clip, --order first, with --low-pass blurred vertically before, with
 * --quality coded as MPEG-2 of that quantiser. bwdif makes a picture of each field, which is enlarged. Printed are the Y-PSNR of
 * bicubic and what each network adds to it, in dB, and what bicubic would add to it if the
 * deinterlacer made no error. A network with a dial runs at the strength that was measured, or at
 * --strength.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    order: { type: 'string', default: 'top' },
    'low-pass': { type: 'boolean', default: false },
    quality: { type: 'string', default: '0' },
    pictures: { type: 'string', default: '40' },
    every: { type: 'string', default: '1' },
    strength: { type: 'string' },
    clips: { type: 'string' },
  },
});
requireClips();
const ort = await onnxRuntime();
type Session = Awaited<ReturnType<typeof ort.InferenceSession.create>>;

const names = positionals.length > 0 ? positionals : ['espcn-32-x2', 'espcn-32-strength-x2'];
const models = await Promise.all(names.map((name) => chooseModel(name)));
const making = {
  order: values.order === 'bottom' ? 'bottom' : 'top',
  lowPass: values['low-pass'],
  quality: Number(values.quality),
} as const;

async function sessionOf(model: LoadedModel, strength: number): Promise<Session> {
  const turned = await turnedTo(model, strength);
  return ort.InferenceSession.create(encodeModel(turned.model));
}

async function enlarge(session: Session, low: Plane): Promise<Plane> {
  const samples = Float32Array.from(low.data, (value) => value / 255);
  const input = new ort.Tensor('float32', samples, [1, 1, low.height, low.width]);
  const { y } = await session.run({ x: input });
  // Clamped and rounded by the array's type.
  const data = Uint8ClampedArray.from(y!.data as Float32Array, (value) => value * 255);
  return { data: new Uint8Array(data.buffer), width: 2 * low.width, height: 2 * low.height };
}

const doubled = (low: Plane) => resizePlane(low, 2 * low.width, 2 * low.height);
const dB = (value: number) => value.toFixed(2);
const gain = (value: number) => `${value < 0 ? '' : '+'}${dB(value)}`;
const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;

console.log(`| clip | bwdif and bicubic | faultless and bicubic | ${names.join(' | ')} |`);
console.log(`| --- | --- | --- |${' --- |'.repeat(names.length)}`);
const rows: number[][] = [];
for (const clip of values.clips?.split(',') ?? testClips) {
  const { high, low } = await truthOf(clip, Number(values.pictures));
  const { frames, strength } = await deinterlacedFields(low, making);
  const dial = values.strength === undefined ? strength : Number(values.strength);
  const sessions: Session[] = [];
  for (const model of models) sessions.push(await sessionOf(model, dial));
  const measured: number[][] = [];
  for (let i = ends; i < frames.length - ends; i += Number(values.every)) {
    const figure = (picture: Plane) => psnr(high[i]!, picture, 8, border);
    const figures = [figure(doubled(frames[i]!)), figure(doubled(low[i]!))];
    for (const session of sessions) figures.push(figure(await enlarge(session, frames[i]!)));
    measured.push(figures);
  }
  for (const session of sessions) await session.release();
  const [bicubic, ...others] = measured[0]!.map((_, j) => mean(measured.map((row) => row[j]!)));
  rows.push([bicubic!, ...others.map((other) => other - bicubic!)]);
  show(making.quality === 0 ? clip : `${clip} (${strength.toFixed(2)})`, rows.at(-1)!);
}
show(
  'mean',
  rows[0]!.map((_, j) => mean(rows.map((row) => row[j]!))),
);

function show(name: string, [bicubic, ...gains]: readonly number[]): void {
  console.log(`| ${name} | ${dB(bicubic!)} | ${gains.map(gain).join(' | ')} |`);
}
