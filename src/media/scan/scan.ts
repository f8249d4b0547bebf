import type { FieldOrder } from '../source/source.js';

/**
 * The kinds of clips. `telecine`: film that was spread over the frames of video. `mixed`: parts of
 * different kinds. `repeats`: progressive, with repeated frames at regular intervals. `still`:
 * nothing moves, so nothing can be told. `unsure`: something moves, but nothing can be told.
 */
export const scanKinds = [
  ...(['progressive', 'interlaced', 'telecine', 'mixed', 'repeats', 'still', 'unsure'] as const),
];
export type ScanKind = (typeof scanKinds)[number];

/**
 * How film was spread over frames. `3:2`: four pictures over five frames. `2:2`: one picture per
 * frame, but its fields are in two frames. `mixed`: the fields of a picture are partly in one
 * frame, partly in two (24 pictures per second in 25 frames). `soft`: whole frames with flags by
 * which they are shown for two or three fields.
 */
export type Cadence = '3:2' | '2:2' | 'mixed' | 'soft';

/** One place of a clip that was examined. */
export type ScanPlace = {
  /** Seconds on the source's clock. */
  readonly time: number;
  readonly kind: ScanKind;
  /** The field shown first; `null` where frames have no fields, or it cannot be told. */
  readonly order: FieldOrder | null;
  /** `null` where there is no film. */
  readonly cadence: Cadence | null;
  /** Number of frames of which one repeats the frame before it; `null` where none does. */
  readonly repeats: number | null;
  /** Number of frames that were examined. */
  readonly frames: number;
  /** How many of them differ enough from the frame before to tell something. */
  readonly telling: number;
};

/** Black rows and columns at each edge, in luma samples. */
export type Borders = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** What the scan of a clip has found out. */
export type Scan = {
  readonly kind: ScanKind;
  /** The field shown first; `null` where frames have no fields, it changes, or is unknown. */
  readonly order: FieldOrder | null;
  /** `null` where there is no film, or it differs from place to place. */
  readonly cadence: Cadence | null;
  /** As for a place; `null` also where it differs from place to place. */
  readonly repeats: number | null;
  /** Share of the places with movement that agree on the kind, 0 to 1. */
  readonly confidence: number;
  readonly places: readonly ScanPlace[];
  /** Shares of the examined frames whose flags say that this field comes first, 0 to 1. */
  readonly flags: { readonly top: number; readonly bottom: number };
  /** `null` where the picture fills the frame, or is too dark to tell. */
  readonly borders: Borders | null;
  /**
   * Lines at the bottom in which a tape's heads switch, with black lines below them; 0 for none.
   */
  readonly headNoise: number;
  /** Standard deviation of the noise in grey levels of 255; `null` where it is unknown. */
  readonly noise: number | null;
};

/** The scan of a clip that was not examined. */
export const notExamined: Scan = {
  kind: 'unsure',
  ...{ order: null, cadence: null, repeats: null, confidence: 0, places: [] },
  flags: { top: 0, bottom: 0 },
  borders: null,
  headNoise: 0,
  noise: null,
};
