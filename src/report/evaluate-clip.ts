import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { decodeFrames } from '../media/decode.js';
import type { Ffmpeg } from '../media/ffmpeg.js';
import { hasIvfForm, ivfFrameHeader, ivfHeader } from '../media/ivf.js';
import { probe } from '../media/probe.js';
import { startProcess } from '../media/process.js';
import type { Source } from '../media/source.js';
import { meanSquaredError } from '../metrics/psnr.js';
import type { Chain } from '../model/chain.js';
import type { ProviderChoice } from '../model/providers.js';
import { cropFrame } from '../planes/crop-frame.js';
import { FramePool, planeOf, type Frame } from '../planes/frame.js';
import { frameLayout, type FrameLayout } from '../planes/pixel-format.js';
import { resizeFrame } from '../planes/resize-frame.js';
import type { Degradation } from '../training/degrade.js';
import { openUpscaler } from '../upscale/upscaler.js';
import { FigureSums, baselines as kernels, lumaErrors, type FileEvaluation } from './evaluation.js';

/** How a clip is measured. */
export type ClipEvaluationOptions = {
  readonly scale: number;
  /** `null` measures the baselines alone. */
  readonly chain: Chain | null;
  readonly name: string;
  readonly degradation: Degradation;
  readonly border: number;
  /** Measure nearest, bilinear, bicubic and lanczos too. */
  readonly baselines: boolean;
  /** At most so many frames; `Infinity` for all. */
  readonly frames: number;
  readonly provider: ProviderChoice;
  readonly workers: number;
};

type Sized = { readonly data: Uint8Array; readonly layout: FrameLayout };

/** The largest size within the clip that is a multiple of the scale, in luma and in chroma. */
function croppedLayout(source: Source, scale: number): FrameLayout {
  const { width, height, format } = source.video;
  const across = scale << (format.chroma?.log2X ?? 0);
  const down = scale << (format.chroma?.log2Y ?? 0);
  const layout = frameLayout(
    format,
    Math.floor(width / across) * across,
    Math.floor(height / down) * down,
  );
  if (layout.width < 4 * scale || layout.height < 4 * scale) {
    throw new VsrError(
      'media',
      `Expected clips of at least ${4 * scale}x${4 * scale} but ${source.path} has ${width}x${height}.`,
    );
  }
  return layout;
}

/** The clip's frames, cropped to `layout`; at most `most`. */
async function* truth(
  ffmpeg: Ffmpeg,
  source: Source,
  layout: FrameLayout,
  most: number,
): AsyncGenerator<Sized> {
  const decoded = decodeFrames(ffmpeg, source, Number.isFinite(most) ? { maxFrames: most } : {});
  for await (const frame of decoded) {
    const cropped = cropFrame(frame.data, decoded.layout, layout.width, layout.height);
    decoded.release(frame);
    yield cropped;
  }
}

/** Writes the reduced clip through x264 into `file`, as `--degrade codec` wants it. */
async function codeReduced(
  ffmpeg: Ffmpeg,
  source: Source,
  high: FrameLayout,
  low: FrameLayout,
  options: ClipEvaluationOptions,
  file: string,
): Promise<void> {
  if (!hasIvfForm(low.format)) {
    throw new VsrError('media', `${source.path} (${low.format.name}) cannot be coded by x264.`);
  }
  const coder = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-v', 'error', '-f', 'ivf', '-c:v', 'rawvideo', '-i', 'pipe:0'],
      ...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(options.degradation.crf[0])],
      ...['-y', file],
    ],
    { stdin: 'pipe' },
  );
  coder.stdout.resume();
  const stdin = coder.stdin!;
  const write = async (bytes: Uint8Array) => {
    if (!stdin.write(bytes)) await Promise.race([once(stdin, 'drain'), coder.done]);
  };
  try {
    await write(ivfHeader(low.format, low.width, low.height, { num: 1, den: 25 }));
    let number = 0;
    for await (const { data } of truth(ffmpeg, source, high, options.frames)) {
      const siting = source.video.colour.siting ?? 'left';
      const reduced = resizeFrame(data, high, low.width, low.height, siting);
      await write(ivfFrameHeader(low.byteLength, number++));
      await write(reduced.data);
    }
    stdin.end();
  } catch (error) {
    await coder.kill();
    throw error;
  }
  const { code, stderrTail } = await coder.done;
  if (code !== 0) {
    throw new VsrError('media', `x264 could not code ${source.path}: ${stderrTail.at(-1) ?? ''}`);
  }
}

/** Measures a model and the baselines on a clip, frame by frame, in the clip's own YUV. */
export async function evaluateClip(
  ffmpeg: Ffmpeg,
  file: string,
  options: ClipEvaluationOptions,
): Promise<FileEvaluation> {
  const source = await probe(ffmpeg, file);
  const { chain, scale } = options;
  const baselines = options.baselines ? kernels : {};
  const high = croppedLayout(source, scale);
  const low = frameLayout(high.format, high.width / scale, high.height / scale);
  const siting = source.video.colour.siting ?? 'left';
  if (options.degradation.kind === 'blur') {
    throw new VsrError(
      'option',
      `Expected bicubic or codec for --degrade with clips: blur is for pictures.`,
    );
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-evaluate-'));
  await using upscaler =
    chain === null
      ? null
      : await openUpscaler({
          chain,
          layout: low,
          siting,
          range: source.video.colour.range ?? 'tv',
          provider: options.provider,
          workers: options.workers,
          precision: 'auto',
          scores: false,
          reuse: false,
        });
  try {
    let coded: AsyncGenerator<Sized> | undefined;
    if (options.degradation.kind === 'codec') {
      const small = path.join(folder, 'low.mkv');
      await codeReduced(ffmpeg, source, high, low, options, small);
      coded = truth(ffmpeg, await probe(ffmpeg, small), low, Infinity);
    }
    const pool = new FramePool(low);
    const sums = new Map(
      [...(upscaler === null ? [] : [options.name]), ...Object.keys(baselines)].map((way) => [
        way,
        new FigureSums(low.format.bitDepth),
      ]),
    );
    const measure = (way: string, reference: Uint8Array, actual: Uint8Array) => {
      const plane = (data: Uint8Array, n: number) => planeOf(data, high, n);
      const luma = lumaErrors(
        plane(reference, 0),
        plane(actual, 0),
        high.format.bitDepth,
        options.border,
      );
      const chroma = (n: number) =>
        high.format.chroma === null
          ? null
          : meanSquaredError(plane(reference, n), plane(actual, n));
      sums.get(way)!.add(luma, chroma(1), chroma(2));
    };
    const enlargeAndMeasure = async (reference: Uint8Array, input: Frame) => {
      const pending = upscaler?.upscale(input);
      pending?.catch(() => {}); // Thrown below, when the baselines are done.
      for (const [name, kernel] of Object.entries(baselines)) {
        const larger = resizeFrame(input.data, low, high.width, high.height, siting, kernel);
        measure(name, reference, larger.data);
      }
      if (pending === undefined) return;
      const { frame } = await pending;
      measure(options.name, reference, frame.data);
      upscaler?.release(frame);
    };
    let number = 0;
    for await (const { data } of truth(ffmpeg, source, high, options.frames)) {
      const input = pool.take(number, number);
      const step = await coded?.next();
      if (step?.done === true) {
        throw new VsrError('media', `x264 gave back only ${number} frames of ${file}.`);
      }
      input.data.set(
        step?.value.data ?? resizeFrame(data, high, low.width, low.height, siting).data,
      );
      await enlargeAndMeasure(data, input);
      pool.release(input);
      number++;
    }
    await coded?.return(undefined);
    if (number === 0) throw new VsrError('media', `No frame of ${file} could be decoded.`);
    const figures = Object.fromEntries([...sums].map(([way, sum]) => [way, sum.result()]));
    const worst = Object.fromEntries([...sums].map(([way, sum]) => [way, sum.worst()]));
    return { file, frames: number, figures, worst };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
