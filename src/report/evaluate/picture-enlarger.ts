import { fromFrame, toFrame } from '../../media/still/still-colour.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { FramePool } from '../../planes/frame.js';
import { frameLayout, type FrameLayout, pixelFormats } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { openUpscaler, type UpscalerOptions } from '../../enlarge/upscaler.js';
import { pictureOfPlanes, planesOfPicture } from '../rgb-picture.js';

/** Where and in which precision a picture is enlarged. */
export type PictureEnlarging = {
  readonly provider: ProviderChoice;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal | undefined;
};

/** Enlarges one frame, which `fill` writes. */
async function enlargeFrame(
  { provider, precision, signal }: PictureEnlarging,
  what: Pick<UpscalerOptions, 'chain' | 'layout' | 'range' | 'matrix'>,
  fill: (frame: Uint8Array) => void,
): Promise<{ readonly data: Uint8Array; readonly layout: FrameLayout }> {
  await using upscaler = await openUpscaler({
    ...what,
    provider,
    ...(signal === undefined ? {} : { signal }),
    siting: 'center',
    // One thread enlarges the picture; more would cost their start.
    workers: 1,
    precision,
    scores: false,
    reuse: false,
  });
  const frame = new FramePool(what.layout).take(0, 0);
  fill(frame.data);
  const { frame: larger } = await upscaler.upscale(frame);
  return { data: larger.data.slice(), layout: upscaler.layout };
}

/** Enlarges an 8-bit luma plane of any size with `chain`, by the same code as clips. */
export async function enlargePicture(
  plane: Plane,
  chain: Chain,
  options: PictureEnlarging,
): Promise<Plane> {
  const layout = frameLayout(pixelFormats.get('gray')!, plane.width, plane.height);
  const what = { chain, layout, range: 'tv' } as const;
  const larger = await enlargeFrame(options, what, (frame) => frame.set(plane.data));
  const { width, height } = larger.layout;
  return { data: larger.data, width, height };
}

/**
 * Enlarges 8-bit planes of red, green and blue as `vsr upscale` does a picture in colour: as
 * full-range Y'CbCr 4:4:4 of 10 bit, the chroma bicubically where the network takes luma.
 */
export async function enlargeColours(
  planes: readonly Plane[],
  chain: Chain,
  options: PictureEnlarging,
): Promise<readonly Plane[]> {
  const small = pictureOfPlanes(planes);
  const layout = frameLayout(pixelFormats.get('yuv444p10le')!, small.width, small.height);
  const what = { chain, layout, range: 'pc', matrix: 'smpte170m' } as const;
  const larger = await enlargeFrame(options, what, (frame) =>
    toFrame({ data: small.data, channels: 3, peak: 255 }, frame, layout),
  );
  const { data } = fromFrame(larger.data, larger.layout, 3, 255);
  const { width, height } = larger.layout;
  return planesOfPicture({ data, width, height });
}
