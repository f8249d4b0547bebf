import type { Chain } from '../../model/catalogue/chain.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { FramePool } from '../../planes/frame.js';
import { frameLayout, pixelFormats } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { openUpscaler } from '../../enlarge/upscaler.js';

/** Enlarges an 8-bit luma plane of any size with `chain`, by the very code that enlarges clips. */
export async function enlargePicture(
  plane: Plane,
  chain: Chain,
  provider: ProviderChoice,
  signal?: AbortSignal,
): Promise<Plane> {
  const layout = frameLayout(pixelFormats.get('gray')!, plane.width, plane.height);
  await using upscaler = await openUpscaler({
    ...{ chain, layout, provider },
    ...(signal === undefined ? {} : { signal }),
    siting: 'center',
    range: 'tv',
    // One picture is one job: more threads would only have to start.
    workers: 1,
    precision: 'auto',
    scores: false,
    reuse: false,
  });
  const frame = new FramePool(layout).take(0, 0);
  frame.data.set(plane.data);
  const { frame: larger } = await upscaler.upscale(frame);
  const { width, height } = upscaler.layout;
  return { data: larger.data.slice(), width, height };
}
