import { maskBlender } from '../../enlarge/mask/mask-blender.js';
import { BLENDED, cellKinds, cellsOf, NETWORK } from '../../enlarge/mask/mask-cells.js';
import { maskPlanes } from '../../enlarge/mask/mask-planes.js';
import type { Chain } from '../../model/catalogue/chain.js';
import { enlarged } from '../../planes/enlarged.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { cropPlane } from '../../planes/crop-plane.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';

/** A part of a frame. */
type MaskedPart = {
  readonly data: Uint8Array;
  readonly layout: FrameLayout;
  /** Where it begins in the frame. */
  readonly from: { readonly left: number; readonly top: number };
};

/** The mask of a clip, as it lies on parts of its frames. */
export type PartMasks = {
  /** Puts plain bicubic where the mask keeps the network out of an enlarged part. */
  readonly blend: (part: MaskedPart, larger: Uint8Array) => void;
  /** Share of the whole frame, 0 to 1, in which the network has to run on the CPU. */
  readonly share: number;
};

/** The mask that `upscale` would lay on the whole frames; `null` where there is none. */
export function partMasks(chain: Chain, { mask, source }: JobPlan): PartMasks | null {
  if (mask === null) return null;
  const { format, width, height, colour } = source.video;
  const { scale } = chain;
  const siting = colour.siting ?? 'left';
  const largerOf = (size: { readonly width: number; readonly height: number }): FrameLayout =>
    frameLayout(format, enlarged(size.width, scale), enlarged(size.height, scale));
  // Networks on RGB make chroma as well.
  const isRgb = chain.passes.some((pass) => pass.colour === 'rgb');
  const planes = maskPlanes(mask.plane, largerOf({ width, height }), siting, isRgb);
  const runsInParts = chain.passes.every(
    (pass) => pass.colour === 'luma' && pass.fixed === null && pass.reach !== null,
  );
  const needed = cellsOf(cellKinds(planes.luma, width, height, scale), BLENDED, NETWORK).marks;
  const share = needed.reduce((sum, mark) => sum + mark, 0) / needed.length;
  return {
    share: runsInParts ? share : 1,
    blend({ data, layout, from }, output) {
      const larger = largerOf(layout);
      const cut = (plane: typeof planes.luma, number: number, log2X: number, log2Y: number) => {
        const size = larger.planes[number]!;
        const [left, top] = [(from.left * scale) >> log2X, (from.top * scale) >> log2Y];
        return cropPlane(plane, left, top, size.width, size.height);
      };
      const { log2X = 0, log2Y = 0 } = format.chroma ?? {};
      const ofPart = {
        luma: cut(planes.luma, 0, 0, 0),
        chroma: planes.chroma === null ? null : cut(planes.chroma, 1, log2X, log2Y),
      };
      maskBlender(ofPart, { layout, larger, scale, siting }).blend(data, output, null);
    },
  };
}
