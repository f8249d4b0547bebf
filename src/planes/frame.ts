import type { FrameLayout } from './pixel-format.js';
import type { Plane } from './plane.js';

/**
 * The fields of the source that a picture was made of. `both`: a whole frame, unchanged. `top` or
 * `bottom`: one field of a frame. `film`: two fields of one film picture, which a telecine may have
 * put into two frames.
 */
export const pictureFields = ['both', 'top', 'bottom', 'film'] as const;
export type PictureField = (typeof pictureFields)[number];

/**
 * What a part of a clip was detected as. `still`: nothing moves. `unsure`: something moves, but no
 * kind fits for certain, so the part is left as it is.
 */
export const footageKinds = ['progressive', 'video', 'film', 'still', 'unsure'] as const;
export type FootageKind = (typeof footageKinds)[number];

/** The place in the source that a picture comes from. */
export type FrameOrigin = {
  /** The source frame's own time, in ticks of the file's time base. */
  readonly sourcePts: number;
  readonly field: PictureField;
  /** What the part of the clip was detected as; absent where the whole clip is of one kind. */
  readonly kind?: FootageKind;
};

/** One picture of a clip; its `FrameLayout` says how the bytes lie. */
export type Frame = {
  /** Place in presentation order, from 0. */
  readonly index: number;
  /** Presentation time in ticks of the stream's time base; a safe integer, may be negative. */
  readonly pts: number;
  /**
   * All planes; exactly the layout's `byteLength` bytes. They lie in memory that is shared with the
   * worker threads, so a frame reaches them without a copy. Nobody writes to a frame after it was
   * handed on.
   */
  readonly data: Uint8Array;
  /** Absent where the picture is a whole frame of the source, at its own time. */
  readonly origin?: FrameOrigin;
};

/**
 * Reuses the memory of frames: a clip of any length needs only as many buffers as there are frames
 * under way at once.
 */
export class FramePool {
  readonly layout: FrameLayout;
  readonly #free: Uint8Array[] = [];

  constructor(layout: FrameLayout) {
    this.layout = layout;
  }

  /** A frame whose samples are not initialised. */
  take(index: number, pts: number): Frame {
    const data = this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(this.layout.byteLength));
    return { index, pts, data };
  }

  /** Takes back a frame that nobody reads any more. Call it at most once per frame. */
  release(frame: Frame): void {
    this.#free.push(frame.data);
  }
}

/**
 * A view, without a copy, of plane `number` of a frame: 0 is Y, 1 is Cb, 2 is Cr, 3 is alpha where
 * the format has it. Throws RangeError where the format has no such plane.
 */
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
