import type { Announcement } from '../../media/output/output-plan.js';
import type { Scan } from '../../media/scan/scan.js';
import type { FieldFrames, FieldOrder, Source } from '../../media/source/source.js';
import { isAutomatic, rateOfMode } from './footage-modes.js';
import type { FootageSettings } from './footage-settings.js';

/**
 * Codecs whose fields come in an order that is nearly always the same: DV's begin at the bottom.
 */
const usualOrders: Readonly<Record<string, FieldOrder>> = { dvvideo: 'bottom' };

/**
 * The field order for the modes that always act: named, detected, flagged, or usual for the codec.
 */
function orderOf(source: Source, scan: Scan, { fieldOrder }: FootageSettings): FieldOrder {
  if (fieldOrder !== 'auto') return fieldOrder;
  if (scan.order !== null) return scan.order;
  const { top, bottom } = scan.flags;
  if (top + bottom >= 0.5) return top >= bottom ? 'top' : 'bottom';
  return usualOrders[source.video.codec] ?? 'top';
}

/**
 * How whole frames are made from a clip's fields; `null` where they are left as they are. The
 * automatic modes act only where interlacing was detected, in an order that was detected or named.
 */
export function chooseFields(
  source: Source,
  scan: Scan,
  settings: FootageSettings,
): FieldFrames | null {
  const { deinterlace, fieldOrder } = settings;
  const rate = rateOfMode(deinterlace);
  if (rate === null) return null;
  const order = orderOf(source, scan, settings);
  if (!isAutomatic(deinterlace)) return { order, rate };
  const isKnown = fieldOrder !== 'auto' || scan.order !== null;
  return scan.kind === 'interlaced' && isKnown ? { order, rate } : null;
}

/** Notes on what is done about fields, where an option asks for it, and why. */
export function fieldNotes(
  fields: FieldFrames | null,
  scan: Scan,
  { deinterlace }: FootageSettings,
): Announcement[] {
  if (deinterlace === 'off') return [];
  if (fields === null) {
    const why =
      scan.kind === 'interlaced'
        ? 'its field order changes or cannot be told'
        : `the clip does not look interlaced throughout (${scan.kind})`;
    const advice =
      scan.kind === 'progressive' ? {} : { advice: '--deinterlace frame does it all the same.' };
    return [{ kind: 'note', what: 'frames are left as they are', why, ...advice }];
  }
  const made = fields.rate === 'field' ? 'a frame of every field' : 'a frame of every frame';
  return [
    {
      kind: 'note',
      what: `fields become whole frames, ${made}`,
      why: `they are taken to come ${fields.order} field first`,
    },
  ];
}
