/** One plane of samples: rows top to bottom, no padding between rows. */
export type Plane = {
  /** Samples as stored; length is exactly `width * height`. `Uint16Array` above 8 bit. */
  readonly data: Uint8Array | Uint16Array;
  /** Samples per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
};
