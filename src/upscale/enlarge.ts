import type { Sharp } from 'sharp';
import { lossless } from '../media/compression/compression.js';
import { openUpscaler } from '../enlarge/upscaler.js';
import { badValue } from '../errors.js';
import { fromFrame, toFrame } from '../media/still/still-colour.js';
import { chooseChain } from '../model/catalogue/chain.js';
import { frameLayout, pixelFormats } from '../planes/pixel-format.js';
import { chromaSitings, type ChromaSiting } from '../planes/siting.js';
import { chooseModels } from './plan/model-choice.js';
import type { UpscaleOptions } from './plan/options.js';
import { checkOptions } from './plan/settings.js';
import { usefulWorkers } from '../enlarge/worker-pool.js';

/** One picture in memory, as planes of samples. */
export type PlanarPicture = {
  /**
   * ffmpeg's name for the layout of the samples: `gray`, `yuv420p`, `yuv444p10le`, `yuva420p` and
   * so on.
   */
  readonly format: string;
  /** Luma samples each way. */
  readonly width: number;
  readonly height: number;
  /**
   * Y, Cb, Cr and alpha, as far as the format has them, one after the other without padding. Above
   * 8 bits a sample is two bytes, little endian; chroma sizes of odd pictures are rounded up.
   */
  readonly data: Uint8Array;
  /** Where chroma samples lie, as ffmpeg names it (`left`, `center`, `topleft`); default `left`. */
  readonly siting?: ChromaSiting;
  /** `tv` (default) or `pc`, as ffmpeg names ranges; only used by models that take RGB. */
  readonly range?: 'tv' | 'pc';
  /** ffmpeg's name of the colour matrix; only used by models that take RGB. */
  readonly matrix?: string | null;
};

/**
 * How one picture is enlarged. Defaults are those of `upscale`. Without a strength the picture
 * counts as clean, because nothing says where it comes from.
 */
export type EnlargeOptions = Pick<
  UpscaleOptions,
  | 'scale'
  | 'model'
  | 'quality'
  | 'strength'
  | 'provider'
  | 'device'
  | 'precision'
  | 'workers'
  | 'signal'
>;

/**
 * Enlarges one picture that a program holds in memory. Planes give planes of the same format,
 * siting, range and matrix. The session is opened for this picture alone; for whole clips use
 * `upscale`.
 *
 * Throws VsrError: `option` for a bad picture or option, `model` and `provider` for what cannot
 * run, `interrupted` once `signal` fires.
 */
export async function enlarge(
  picture: PlanarPicture,
  options?: EnlargeOptions,
): Promise<PlanarPicture>;
/**
 * The same for an image of sharp. Its pixels, after all operations asked of sharp, become a new
 * image of `scale` times the size: sRGB in 8 bits, with alpha if the image has it.
 */
export async function enlarge(picture: Sharp, options?: EnlargeOptions): Promise<Sharp>;
export async function enlarge(
  picture: PlanarPicture | Sharp,
  options: EnlargeOptions = {},
): Promise<PlanarPicture | Sharp> {
  return 'toBuffer' in picture ? enlargeSharp(picture, options) : enlargePlanes(picture, options);
}

function checkPicture({ format, width, height, data, siting }: PlanarPicture): void {
  if (!pixelFormats.has(format)) {
    throw badValue(`one of ${[...pixelFormats.keys()].join(', ')}`, 'format', format);
  }
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw badValue('a whole number of at least 1', name, value);
    }
  }
  if (siting !== undefined && !chromaSitings.includes(siting)) {
    throw badValue(`one of ${chromaSitings.join(', ')}`, 'siting', siting);
  }
  const { byteLength } = frameLayout(pixelFormats.get(format)!, width, height);
  if (data.byteLength !== byteLength) {
    const size = `${format} of ${width}x${height}`;
    throw badValue(`${byteLength} bytes`, `data of ${size}`, data.byteLength);
  }
}

async function enlargePlanes(
  picture: PlanarPicture,
  options: EnlargeOptions,
): Promise<PlanarPicture> {
  checkPicture(picture);
  const settings = checkOptions(options);
  const { format, width, height, data, siting, range, matrix } = picture;
  const { scale, model, quality } = settings;
  const { chain } = await chooseModels(
    settings,
    async (kind) => ({ chain: await chooseChain(scale, model ?? 'default', { kind, quality }) }),
    () => Promise.resolve(lossless),
  );
  const layout = frameLayout(pixelFormats.get(format)!, width, height);
  await using upscaler = await openUpscaler({
    ...{ chain, layout },
    ...{ siting: siting ?? 'left', range: range ?? 'tv', matrix: matrix ?? null },
    ...{ provider: settings.provider, precision: settings.precision },
    workers: settings.workers ?? usefulWorkers(width * height),
    ...{ scores: false, reuse: false },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const shared = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
  shared.set(data);
  const { frame } = await upscaler.upscale({ index: 0, pts: 0, data: shared });
  const larger = { width: upscaler.layout.width, height: upscaler.layout.height };
  // The caller gets a copy: the frame's memory is shared with threads.
  return { ...picture, ...larger, data: Uint8Array.from(frame.data) };
}

async function enlargeSharp(picture: Sharp, options: EnlargeOptions): Promise<Sharp> {
  const { data, info } = await picture
    .clone()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const format = channels === 4 ? 'yuva444p10le' : 'yuv444p10le';
  const layout = frameLayout(pixelFormats.get(format)!, width, height);
  const planes = new Uint8Array(layout.byteLength);
  toFrame({ data, channels, peak: 255 }, planes, layout);
  const colour = { siting: 'center', range: 'pc' } as const;
  const larger = await enlargePlanes({ format, width, height, data: planes, ...colour }, options);
  const size = { width: larger.width, height: larger.height };
  const largerLayout = frameLayout(pixelFormats.get(format)!, size.width, size.height);
  const samples = fromFrame(larger.data, largerLayout, channels, 255);
  const { default: sharp } = await import('sharp');
  return sharp(samples.data, { raw: { ...size, channels } });
}
