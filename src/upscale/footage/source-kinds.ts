import type { Announcement } from '../../media/output/output-plan.js';
import type { CropChoice, DeinterlaceMode, TelecineMode } from './footage-modes.js';

/** What a clip can be said to come from; `auto` says nothing. */
export const sourceKinds = ['auto', 'vhs', 'dvd', 'dv', 'broadcast', 'film', 'web'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** What is done with a clip of one kind where nothing else is said. */
type Treatment<Crop> = {
  readonly deinterlace: DeinterlaceMode;
  readonly telecine: TelecineMode;
  readonly crop: Crop;
};

/**
 * The defaults of each kind. None of them touches what was not seen in the clip: a disc may hold a
 * film in whole frames, and a tape anything.
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

/** What a kind of source comes to, together with what was said besides. */
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
