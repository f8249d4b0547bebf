import { planeOf } from '../../planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { sitingPlace } from '../bicubic/bicubic-taps.js';

/** The network's share in every sample of a larger frame: 0 for none of it, to 255 for all. */
export type MaskPlanes = {
  readonly luma: Plane;
  /** For both chroma planes; `null` where the network does not make them. */
  readonly chroma: Plane | null;
};

/**
 * A mask of any size, 8 bit, resampled to the planes of `larger`: linearly, so that nothing beside
 * black or white rings. The planes lie in memory that threads share.
 */
export function maskPlanes(
  mask: Plane,
  larger: FrameLayout,
  siting: ChromaSiting,
  withChroma: boolean,
): MaskPlanes {
  const luma = resizePlane(mask, larger.width, larger.height, 8, { kernel: 'bilinear' });
  const { chroma } = larger.format;
  if (!withChroma || chroma === null) return { luma: shared(luma), chroma: null };
  const { width, height } = larger.planes[1]!;
  const place = sitingPlace(siting);
  const reduced = resizePlane(luma, width, height, 8, {
    kernel: 'bilinear',
    shiftX: chroma.log2X === 1 ? place.x - 1 / 2 : 0,
    shiftY: chroma.log2Y === 1 ? place.y - 1 / 2 : 0,
  });
  return { luma: shared(luma), chroma: shared(reduced) };
}

function shared({ data, width, height }: Plane): Plane {
  const layout = frameLayout(pixelFormats.get('gray')!, width, height);
  const memory = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
  memory.set(data);
  return planeOf(memory, layout, 0);
}
