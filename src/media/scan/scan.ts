import type { FieldOrder } from '../source/source.js';

/**
 * What a clip can turn out to be. `telecine`: film in video's frames. `mixed`: parts of different
 * kinds. `repeats`: progressive, with repeated frames at regular places. `still`: nothing moves, so
 * nothing can be told. `unsure`: something moves, and still nothing can be told.
 */
export const scanKinds = [
  ...(['progressive', 'interlaced', 'telecine', 'mixed', 'repeats', 'still', 'unsure'] as const),
];
export type ScanKind = (typeof scanKinds)[number];

/**
 * How film lies in frames. `3:2`: four pictures in five frames. `2:2`: each picture in one frame's
 * time, its fields in two frames. `mixed`: the two fields of a picture now together, now apart (24
 * pictures a second in 25 frames). `soft`: whole frames, to be shown for two or three fields.
 */
export type Cadence = '3:2' | '2:2' | 'mixed' | 'soft';

/** One place of a clip that was looked at. */
export type ScanPlace = {
  /** Seconds on the source's clock. */
  readonly time: number;
  readonly kind: ScanKind;
  /** The field shown first; `null` where there is none, or it cannot be told. */
  readonly order: FieldOrder | null;
  readonly cadence: Cadence | null;
  /** Every how many frames one repeats the one before; `null` where none does. */
  readonly repeats: number | null;
  /** Frames that were looked at, and how many of them moved enough to tell something. */
  readonly frames: number;
  readonly telling: number;
};

/** Lines and columns that hold no picture. */
export type Borders = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** What a look at a clip found. */
export type Scan = {
  readonly kind: ScanKind;
  /** The field shown first; `null` where there is none, it changes, or it cannot be told. */
  readonly order: FieldOrder | null;
  readonly cadence: Cadence | null;
  readonly repeats: number | null;
  /** Share of the places where something moves that agree, 0 to 1. */
  readonly confidence: number;
  readonly places: readonly ScanPlace[];
  /** Of the frames looked at, the share that says which field comes first. */
  readonly flags: { readonly top: number; readonly bottom: number };
  /** `null` where the picture fills the frame, or is too dark to tell. */
  readonly borders: Borders | null;
  /**
   * Standard deviation of the noise in grey levels of 255; `null` where it could not be told.
   */
  readonly noise: number | null;
};
