import type { Announcement } from '../../media/output/output-plan.js';
import type { CropChoice, DeinterlaceMode, TelecineMode } from './footage-modes.js';

/** Where a clip may come from; `auto` says nothing. */
export const sourceKinds = ['auto', 'vhs', 'dvd', 'dv', 'broadcast', 'film', 'web'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** What is done with a clip of one kind, unless other options say otherwise. */
type Treatment<Crop> = {
  readonly deinterlace: DeinterlaceMode;
  readonly telecine: TelecineMode;
  readonly crop: Crop;
};

/**
 * The defaults of each kind. All of them act only on what is detected in the clip: a disc may hold
 * a film in whole frames, and a tape anything.
 */
export const defaultsOf: Readonly<Record<SourceKind, Treatment<Extract<CropChoice, string>>>> = {
  auto: { deinterlace: 'off', telecine: 'off', crop: 'off' },
  vhs: { deinterlace: 'auto-field', telecine: 'auto', crop: 'auto' },
  dvd: { deinterlace: 'auto-field', telecine: 'auto', crop: 'auto' },
  dv: { deinterlace: 'auto-field', telecine: 'off', crop: 'off' },
  broadcast: { deinterlace: 'auto-field', telecine: 'auto', crop: 'off' },
  film: { deinterlace: 'auto', telecine: 'auto', crop: 'auto' },
  web: { deinterlace: 'off', telecine: 'off', crop: 'off' },
};

/** Notes on what a kind of source sets, together with the other options. */
export function sourceNotes({
  source,
  deinterlace,
  telecine,
  crop,
}: Treatment<CropChoice> & { readonly source: SourceKind }): Announcement[] {
  if (source === 'auto') return [];
  const part = typeof crop === 'string' ? crop : 'a part that was named';
  return [
    {
      kind: 'note',
      what: `source ${source}`,
      why: `--deinterlace ${deinterlace}, --telecine ${telecine}, --crop ${part}`,
    },
  ];
}
