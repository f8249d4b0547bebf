import type { FrameLayout } from './pixel-format.js';
import type { Plane } from './plane.js';

/**
 * What of a source's frames a picture was made of: `both` fields of one frame, as they were; its
 * `top` or `bottom` field; `film`, fields that lay in one frame or two and belong together.
 */
export const pictureFields = ['both', 'top', 'bottom', 'film'] as const;
export type PictureField = (typeof pictureFields)[number];

/** What a part of a clip is taken for. */
export const footageKinds = ['progressive', 'video', 'film', 'still'] as const;
export type FootageKind = (typeof footageKinds)[number];

/** Where a picture comes from. */
export type FrameOrigin = {
  /** The source frame's own time, in ticks of the file's time base. */
  readonly sourcePts: number;
  readonly field: PictureField;
  /** What the frame's part of the clip is taken for; left out where all of it is one. */
  readonly kind?: FootageKind;
};

/** One picture of a clip; its `FrameLayout` says how the bytes lie. */
export type Frame = {
  /** Place in presentation order, from 0. */
  readonly index: number;
  /** Presentation time in ticks of the stream's time base; a safe integer, may be negative. */
  readonly pts: number;
  /**
   * All planes, exactly the layout's `byteLength`. The bytes lie in memory shared with the worker
   * threads, so a frame reaches them without a copy; they are not written again once handed on.
   */
  readonly data: Uint8Array;
  /** Left out where the picture is a whole frame of the source, at its own time. */
  readonly origin?: FrameOrigin;
};

/**
 * Frame memory that is used again: a clip of any length needs only as many buffers as there are
 * frames under way at once.
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

  /** Takes back a frame that nobody reads any more; at most once a frame. */
  release(frame: Frame): void {
    this.#free.push(frame.data);
  }
}

/**
 * A view, without a copy, of plane `number` (0 = Y, 1 = Cb, 2 = Cr, then alpha; alpha is 1 for
 * grey).
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
