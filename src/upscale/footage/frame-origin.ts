import type { Scan, ScanKind } from '../../media/scan/scan.js';
import type { RowOrigin } from '../../metrics/frame-row.js';
import type { FootageKind, Frame } from '../../planes/frame.js';

/** The kind of all frames of a clip, by the kind of the clip; `null` where the clip has several. */
const kindOfClip: Readonly<Record<ScanKind, FootageKind | null>> = {
  progressive: 'progressive',
  repeats: 'progressive',
  interlaced: 'video',
  telecine: 'film',
  still: 'still',
  mixed: null,
  unsure: null,
};

/** Where a frame comes from, for its row of the log. */
export function originOf({ pts, origin }: Frame, { kind }: Pick<Scan, 'kind'>): RowOrigin {
  return {
    sourcePts: origin?.sourcePts ?? pts,
    field: origin?.field ?? 'both',
    scan: origin?.kind ?? kindOfClip[kind],
  };
}
