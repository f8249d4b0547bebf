import { sitingShift } from '../../src/enlarge/bicubic/bicubic-taps.js';
import { planeOf } from '../../src/planes/frame.js';
import type { FrameLayout } from '../../src/planes/pixel-format.js';
import { resizePlane } from '../../src/planes/resize.js';
import type { ChromaSiting } from '../../src/planes/siting.js';

/** A frame enlarged by plain bicubic, in plain code: every plane at its siting. */
export function plainBicubic(
  frame: Uint8Array,
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  siting: ChromaSiting = 'left',
): Uint8Array {
  const { chroma, bitDepth } = layout.format;
  const made = new Uint8Array(larger.byteLength);
  larger.planes.forEach(({ width, height }, number) => {
    const isChroma = chroma !== null && (number === 1 || number === 2);
    const shift = (axis: 'x' | 'y', log2: number): number =>
      isChroma && log2 === 1 ? sitingShift(scale, siting, axis) / (4 * scale) : 0;
    const [shiftX, shiftY] = [shift('x', chroma?.log2X ?? 0), shift('y', chroma?.log2Y ?? 0)];
    const options = { scale, shiftX, shiftY };
    const { data } = resizePlane(planeOf(frame, layout, number), width, height, bitDepth, options);
    planeOf(made, larger, number).data.set(data);
  });
  return made;
}
