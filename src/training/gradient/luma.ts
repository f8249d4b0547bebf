import { add, multiply } from '../../model/autodiff/pointwise.js';
import { crop } from '../../model/autodiff/shape.js';
import type { Tape, Value } from '../../model/autodiff/tape.js';
import { lumaShares } from '../../planes/matrix.js';

/**
 * The luma [N, 1, H, W] of pictures [N, 3, H, W] in RGB, both in 0..1, by BT.601, which is what
 * Y-PSNR of pictures is measured by.
 */
export function lumaOf(tape: Tape, picture: Value): Value {
  const [n, , h, w] = picture.shape as [number, number, number, number];
  const { kr, kb } = lumaShares('smpte170m', h);
  return [kr, 1 - kr - kb, kb]
    .map((share, channel) => {
      const plane = crop(tape, picture, [0, channel, 0, 0], [n, 1, h, w]);
      return multiply(tape, plane, tape.scalar(share));
    })
    .reduce((sum, plane) => add(tape, sum, plane));
}
