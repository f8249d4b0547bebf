import { enlargedSize } from '../../planes/enlarged.js';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { errorOf, VsrError } from '../../errors.js';
import type { TellProgress } from '../../events.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { turnedFor } from '../../media/output/turned-source.js';
import { probe } from '../../media/source/probe.js';
import type { Source } from '../../media/source/source.js';
import { meanSquaredError } from '../../metrics/psnr.js';
import { chooseChain } from '../../model/catalogue/chain.js';
import { precisionOfPasses } from '../../model/runtime/precision.js';
import { processorFeatures } from '../../model/runtime/processor.js';
import { cropFrame } from '../../planes/crop-frame.js';
import { planeOf } from '../../planes/frame.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import { upscale } from '../../upscale/upscale.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import { evaluateClip } from '../evaluate/evaluate-clip.js';
import { FigureSums } from '../evaluate/evaluation.js';
import { BicubicFlickerSums } from '../meters/flicker-sums.js';
import { copiesThatRun } from './copies-that-run.js';
import type { Baseline, ManifestClip, Truth } from './regress-manifest.js';
import { temporaryFolder } from '../../files/temporary-folder.js';

/** Enlarges `clip` into `output`: the job whose result `regress` checks. */
export type JobRunner = (
  clip: string,
  output: string,
  options: UpscaleOptions,
  onProgress: TellProgress,
) => Promise<void>;

/** Runs the real job. Rejects with the failure that `upscale` reports. */
export const runJob: JobRunner = async (clip, output, options, onProgress) => {
  for await (const event of upscale(clip, { ...options, output, overwrite: true })) {
    if (event.event === 'progress') onProgress(event);
    if (event.event === 'failed') throw errorOf(event.error);
  }
};

/** Instruction sets that decide in which order ONNX Runtime adds up. */
const tellingFlags = ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx_vnni', 'amx_tile'];

/**
 * What exact results depend on, besides vsr itself: the kind of processor, and the runtime's
 * version.
 */
export function machineKind(): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
    version: string;
  };
  const features = processorFeatures();
  const told = tellingFlags.filter((flag) => features.has(flag));
  // Only Linux lists features; elsewhere the name of the processor's model is used.
  const flags = features.size > 0 ? told : [os.cpus()[0]?.model ?? 'unknown'];
  return [process.arch, ...flags, `onnxruntime ${version}`].join(' ');
}

function streamsOf({ streams, video }: Source): string[] {
  return streams.map((stream) => {
    const words = [stream.kind, stream.codec, stream.language];
    if (stream.index === video.index) {
      const { colour } = video;
      words.push(`${video.width}x${video.height}`, video.sourceFormat, colour.range);
      words.push(colour.matrix, colour.primaries, colour.transfer);
    }
    return words.filter((word) => word !== null).join(' ');
  });
}

/** A frame's bytes and their layout. */
type Sized = { readonly data: Uint8Array; readonly layout: FrameLayout };

/** Compares a source frame with the larger one, reduced. */
function addErrors(
  sums: FigureSums,
  source: Sized,
  larger: Sized,
  siting: NonNullable<Source['video']['colour']['siting']>,
): void {
  const { width, height } = source.layout;
  const small = resizeFrame(larger.data, larger.layout, { width, height }, { siting });
  const mse = (plane: number) =>
    meanSquaredError(
      planeOf(source.data, source.layout, plane),
      planeOf(small.data, small.layout, plane),
    );
  const grey = source.layout.format.chroma === null;
  sums.add({ mse: mse(0), mae: 0, ssim: null }, grey ? null : mse(1), grey ? null : mse(2));
}

type OutputFacts = Pick<Baseline, 'frames' | 'times' | 'toSource'> & {
  readonly hashes: string[];
  readonly flickerToBicubic: number | null;
};

/** Reads the finished output beside its source. */
async function readOutput(
  ffmpeg: Ffmpeg,
  source: Source,
  output: Source,
  scale: number,
): Promise<OutputFacts> {
  const layout = frameLayout(source.video.format, source.video.width, source.video.height);
  const sums = new FigureSums(layout.format.bitDepth);
  const flicker = new BicubicFlickerSums(layout, scale);
  const hashes: string[] = [];
  const times = createHash('sha256');
  const { num, den } = output.video.timeBase;
  let first: number | undefined;
  let last = 0;
  const originals = decodeFrames(ffmpeg, source);
  const original = originals[Symbol.asyncIterator]();
  const larger = decodeFrames(ffmpeg, output);
  for await (const frame of larger) {
    last = (frame.pts * num) / den;
    first ??= last;
    times.update(`${last.toFixed(6)}\n`);
    hashes.push(createHash('md5').update(frame.data).digest('hex').slice(0, 8));
    const step = await original.next();
    if (step.done !== true) {
      const siting = source.video.colour.siting ?? 'left';
      // A row or column that was added for the encoder is no part of the picture.
      const { width, height } = enlargedSize(layout, scale);
      const exact = cropFrame(frame.data, larger.layout, width, height);
      addErrors(sums, { data: step.value.data, layout }, exact, siting);
      flicker.add(planeOf(step.value.data, layout, 0), planeOf(exact.data, exact.layout, 0));
      originals.release(step.value);
    }
    larger.release(frame);
  }
  await original.return?.();
  if (first === undefined) throw new VsrError('media', `${output.path} has no frames.`);
  const { psnrY, psnrU, psnrV } = sums.result();
  const worst = sums.worst();
  return {
    frames: hashes.length,
    times: { first, last, sha256: times.digest('hex') },
    toSource: { psnrY, psnrU, psnrV, worstFrame: worst.frame, worstY: worst.psnr },
    hashes,
    flickerToBicubic: flicker.mean(),
  };
}

/** Enlarges a clip of the manifest in `folder`, measures the result, and returns the figures. */
export async function regressClip(
  ffmpeg: Ffmpeg,
  folder: string,
  entry: ManifestClip,
  run: JobRunner = runJob,
  { signal, tell = () => {} }: { signal?: AbortSignal | undefined; tell?: TellProgress } = {},
): Promise<Baseline> {
  const clip = path.resolve(folder, entry.clip);
  // A model file is named relative to the manifest, as the clips are.
  const model = /\.onnx$/i.test(entry.model) ? path.resolve(folder, entry.model) : entry.model;
  await using temporary = await temporaryFolder('regress');
  const output = path.join(temporary.path, `${path.parse(entry.clip).name}.mkv`);
  const { scale, codec } = entry;
  const chain = await chooseChain(scale, model, { kind: 'clean' });
  // What `auto` would choose depends on the machine.
  const precision = precisionOfPasses(chain.passes) === 'int8' ? 'int8' : 'fp32';
  const exactly = { provider: 'cpu', precision } as const;
  const abort = signal === undefined ? {} : { signal };
  // Events name the clip as the manifest does, not the temporary files.
  const onProgress: TellProgress = (event) => tell({ ...event, clip: entry.clip, output: null });
  await run(clip, output, { scale, model, codec, log: false, ...exactly, ...abort }, onProgress);
  const source = turnedFor(output, await probe(ffmpeg, clip));
  const made = await probe(ffmpeg, output);
  const { hashes, flickerToBicubic, ...facts } = await readOutput(ffmpeg, source, made, scale);
  const copies = await copiesThatRun(ffmpeg, clip, chain, signal);
  const evaluation = await evaluateClip(ffmpeg, clip, {
    scale,
    modelsFor: () =>
      Promise.resolve({ models: [{ name: 'model', chain }, ...copies], networks: {} }),
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    border: 0,
    baselines: false,
    vmaf: false,
    features: null,
    // On the processor, `auto` runs each model in the precision of its file.
    precision: 'auto',
    ...abort,
    onProgress,
    frames: Infinity,
    provider: { name: 'cpu' },
    workers: null,
  });
  const truthOf = (name: string): Truth => {
    const { psnrY, psnrU, psnrV, ssim } = evaluation.figures[name]!;
    const { frame, psnr } = evaluation.worst[name]!;
    return { psnrY, psnrU, psnrV, worstFrame: frame, worstY: psnr, ssim };
  };
  const flickerOf = (name: string) => evaluation.figures[name]!.flicker;
  return {
    ...facts,
    streams: streamsOf(made),
    truth: truthOf('model'),
    flicker: { truth: flickerOf('model'), toBicubic: flickerToBicubic },
    networks: copies.map(({ name }) => ({
      ...{ name, truth: truthOf(name), flicker: flickerOf(name) },
    })),
    exact: entry.codec === 'ffv1' ? { machine: machineKind(), frames: hashes } : null,
  };
}
