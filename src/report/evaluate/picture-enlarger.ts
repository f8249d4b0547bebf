import type { Chain } from '../../model/catalogue/chain.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { FramePool } from '../../planes/frame.js';
import { frameLayout, pixelFormats } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { openUpscaler } from '../../enlarge/upscaler.js';

/** Where and in what a picture is enlarged. */
export type PictureEnlarging = {
  readonly provider: ProviderChoice;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal | undefined;
};

/** Enlarges an 8-bit luma plane of any size with `chain`, by the very code that enlarges clips. */
export async function enlargePicture(
  plane: Plane,
  chain: Chain,
  { provider, precision, signal }: PictureEnlarging,
): Promise<Plane> {
  const layout = frameLayout(pixelFormats.get('gray')!, plane.width, plane.height);
  await using upscaler = await openUpscaler({
    ...{ chain, layout, provider },
    ...(signal === undefined ? {} : { signal }),
    siting: 'center',
    range: 'tv',
    // One picture is one job: more threads would only have to start.
    workers: 1,
    precision,
    scores: false,
    reuse: false,
  });
  const frame = new FramePool(layout).take(0, 0);
  frame.data.set(plane.data);
  const { frame: larger } = await upscaler.upscale(frame);
  const { width, height } = upscaler.layout;
  return { data: larger.data.slice(), width, height };
}
