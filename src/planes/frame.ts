import type { FrameLayout } from './pixel-format.js';
import type { Plane } from './plane.js';

/** One picture of a clip; its `FrameLayout` says how the bytes lie. */
export type Frame = {
  /** Place in presentation order, from 0. */
  readonly index: number;
  /** Presentation time in ticks of the stream's time base; a safe integer, may be negative. */
  readonly pts: number;
  /** All planes, exactly the layout's `byteLength`; the view starts its buffer, so it can be transferred. */
  readonly data: Uint8Array<ArrayBuffer>;
};

/** A view, without a copy, of plane `number` (0 = Y, 1 = Cb, 2 = Cr, then alpha; alpha is 1 for grey). */
export function planeOf(data: Uint8Array, layout: FrameLayout, number: number): Plane {
  const place = layout.planes[number];
  if (place === undefined) throw new RangeError(`${layout.format.name} has no plane ${number}`);
  const { width, height } = place;
  const start = data.byteOffset + place.offset;
  const samples =
    layout.sampleBytes === 1
      ? new Uint8Array(data.buffer, start, width * height)
      : new Uint16Array(data.buffer, start, width * height);
  return { data: samples, width, height };
}
