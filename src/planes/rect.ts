/** A rectangle of samples: columns `x0` to `x1`, rows `y0` to `y1`, ends exclusive. */
export type Rect = {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
};
