import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeBmp, type RawImage } from '../../src/media/still/bmp.js';
import { lumaOfRgb } from '../../src/media/still/luma-image.js';
import { psnr } from '../../src/metrics/psnr.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { FramePool } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { resizePlane } from '../../src/planes/resize.js';
import { enlargePicture } from '../../src/report/evaluate/picture-enlarger.js';
import { cropPlane } from '../../src/planes/crop-plane.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { openUpscalerJs } from './open-upscaler-js.js';

/** What the program prints. */
export type UpscalerJsFigures = {
  /** UpscalerJS's version and model, and our model. */
  readonly what: string;
  readonly ours: string;
  /** Median CPU milliseconds per frame of UpscalerJS, and of vsr for the same frame. */
  readonly ms: number;
  readonly oursMs: number;
  /** Mean Y-PSNR over the pictures in decibels; `null` without pictures. */
  readonly quality: {
    readonly theirs: number;
    readonly ours: number;
    readonly bicubic: number;
  } | null;
};

/**
 * A program: `upscaler-js.js <folder> <width> <height> <runs> <pictures>` doubles a frame with
 * UpscalerJS, which is installed in `folder`, and with our default model, in turns and on one
 * thread each, and prints `UpscalerJsFigures` as JSON. `pictures` is a folder of BMP files, which
 * may be missing.
 */
const [folder, widthWord, heightWord, runsWord, pictures] = process.argv.slice(2);
const [width, height, runs] = [Number(widthWord), Number(heightWord), Number(runsWord)];
const theirs = await openUpscalerJs(folder!);
const chain = await chooseChain(2, 'default', { kind: 'clean' });
const cpu = { name: 'cpu' } as const;

/** CPU milliseconds that all threads of this process spend while `work` runs. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Whole pictures with colour at full size, as UpscalerJS takes them. */
async function speed(): Promise<{ ms: number; oursMs: number }> {
  const layout = frameLayout(pixelFormats.get('yuv444p')!, width, height);
  const pool = new FramePool(layout);
  await using upscaler = await openUpscaler({
    ...{ chain, layout, provider: cpu, workers: 1, precision: 'auto' },
    ...{ siting: 'center', range: 'tv', scores: false, reuse: false },
  });
  const frame = pool.take(0, 0);
  frame.data.forEach((_, i) => (frame.data[i] = (i * 2654435761) >>> 24));
  const picture: RawImage = { data: frame.data.slice(), width, height, channels: 3 };
  const [ms, oursMs]: [number[], number[]] = [[], []];
  for (let i = 0; i <= runs; i++) {
    const a = await cpuMs(() => theirs.enlarge(picture));
    const b = await cpuMs(async () => upscaler.release((await upscaler.upscale(frame)).frame));
    // The first run of each does not count: it compiles and allocates.
    if (i > 0) ms.push(a);
    if (i > 0) oursMs.push(b);
  }
  return { ms: middle(ms), oursMs: middle(oursMs) };
}

/** The picture cropped to even sizes, and reduced by 2 by bicubic in R, G and B, at 8 bit. */
function halved(whole: RawImage): { high: RawImage; low: RawImage } {
  const half = { width: whole.width >> 1, height: whole.height >> 1, channels: 3 } as const;
  const size = { width: half.width * 2, height: half.height * 2, channels: 3 } as const;
  const high = { ...size, data: new Uint8Array(size.width * size.height * 3) };
  const low = { ...half, data: new Uint8Array(half.width * half.height * 3) };
  for (let channel = 0; channel < 3; channel++) {
    const all = Uint8Array.from(
      { length: whole.width * whole.height },
      (_, i) => whole.data[i * 3 + channel]!,
    );
    const plane = cropPlane({ ...whole, data: all }, 0, 0, size.width, size.height);
    plane.data.forEach((value, i) => (high.data[i * 3 + channel] = value));
    const small = resizePlane(plane, half.width, half.height);
    small.data.forEach((value, i) => (low.data[i * 3 + channel] = value));
  }
  return { high, low };
}

/** Mean Y-PSNR of both on the same reduced pictures, without two samples at each border. */
async function quality(): Promise<UpscalerJsFigures['quality']> {
  if (pictures === undefined || !existsSync(pictures)) return null;
  const names = (await readdir(pictures)).filter((name) => name.endsWith('.bmp'));
  if (names.length === 0) return null;
  const sums = { theirs: 0, ours: 0, bicubic: 0 };
  for (const name of names) {
    const { high, low } = halved(decodeBmp(await readFile(path.join(pictures, name)), name));
    const [truth, luma] = [lumaOfRgb(high), lumaOfRgb(low)];
    const larger = {
      theirs: lumaOfRgb(await theirs.enlarge(low)),
      ours: await enlargePicture(luma, chain, { provider: cpu, precision: 'auto' }),
      bicubic: resizePlane(luma, truth.width, truth.height),
    };
    for (const who of ['theirs', 'ours', 'bicubic'] as const) {
      sums[who] += psnr(truth, larger[who], 8, 2) / names.length;
    }
  }
  return sums;
}

const names = { what: theirs.what, ours: chain.names.join(' + ') };
const figures: UpscalerJsFigures = { ...names, ...(await speed()), quality: await quality() };
process.stdout.write(JSON.stringify(figures));
