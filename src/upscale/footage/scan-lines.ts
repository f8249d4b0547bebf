import type { Scan, ScanKind, ScanPlace } from '../../media/scan/scan.js';
import { noiseLine } from './noise-choice.js';
import { framesPerSecond, type Ratio } from '../../planes/ratio.js';

const plainKinds: Readonly<Record<ScanKind, string>> = {
  progressive: 'progressive',
  interlaced: 'interlaced',
  telecine: 'film',
  mixed: 'mixed',
  repeats: 'progressive',
  still: 'not sure',
  unsure: 'not sure',
};

/** The kind of a place, in a word. */
const placeWords: Readonly<Record<ScanKind, string>> = {
  ...plainKinds,
  interlaced: 'video',
  mixed: 'both',
  repeats: 'repeats',
  still: 'nothing moves',
};

/** A frame rate times `factor`, rounded as people write it: 25, 29.97. */
function rateText(rate: Ratio | null, factor: number): string {
  return String(Math.round(framesPerSecond(rate) * factor * 100) / 100);
}

/** `5 of 8 places`, or the kinds of all places: `3:2 in 8 of 10 places, video in 2`. */
function evidence(scan: Scan): string {
  const moving = scan.places.filter(({ kind }) => kind !== 'still');
  const all = `${moving.length} ${moving.length === 1 ? 'place' : 'places'}`;
  const counts = new Map<string, number>();
  const wordOf = ({ kind, order, cadence }: ScanPlace): string =>
    kind === 'interlaced' && scan.order === null && order !== null
      ? `${order} field first`
      : (cadence ?? placeWords[kind]);
  for (const place of moving) counts.set(wordOf(place), (counts.get(wordOf(place)) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]);
  if (parts.length === 1) return `${moving.length} of ${all}`;
  return parts
    .map(([word, count], i) => `${word} in ${count}${i === 0 ? ` of ${all}` : ''}`)
    .join(', ');
}

/** What the frames' flags say, where that differs from the result. */
function flagsAgainst({ kind, order, flags }: Scan): string {
  const flagged = flags.top + flags.bottom >= 0.5;
  const said = !flagged ? 'progressive' : flags.top >= flags.bottom ? 'top' : 'bottom';
  const differs =
    kind === 'interlaced'
      ? said !== order
      : kind === 'telecine'
        ? !flagged
        : (kind === 'still' || kind === 'unsure') && flagged;
  if (!differs) return '';
  return `; flags say ${said === 'progressive' ? said : `${said} field first`}`;
}

const orderText = ({ order }: Scan): string => (order === null ? '' : `, ${order} field first`);

/** What can be done about film that lies in fields. */
function filmAdvice({ cadence }: Scan, rate: Ratio | null): string {
  return cadence === '3:2'
    ? `--telecine auto gives its ${rateText(rate, 0.8)} pictures a second.`
    : '--telecine auto puts its pictures together.';
}

/** What was found, with the evidence, and what can be done about it. */
function kindLine(scan: Scan, rate: Ratio | null, isTreated: boolean): string {
  const left = isTreated ? '.' : ': left as it is.';
  const seen = `(${evidence(scan)}${flagsAgainst(scan)})`;
  const marked = scan.flags.top + scan.flags.bottom >= 0.5;
  switch (scan.kind) {
    case 'progressive':
    case 'repeats':
      return marked ? `progressive, marked as interlaced${left}` : `progressive ${seen}.`;
    case 'interlaced':
      return `interlaced${orderText(scan)} ${seen}. --deinterlace field makes ${rateText(rate, 2)} frames a second, --deinterlace frame ${rateText(rate, 1)}.`;
    case 'telecine':
      if (scan.cadence === 'soft')
        return `film, its frames marked to be shown for two or three fields ${seen}${left}`;
      return `film in ${rateText(rate, 1)} frames a second ${seen}. ${filmAdvice(scan, rate)}`;
    case 'mixed':
      return `parts of different kinds${orderText(scan)} ${seen}. --telecine auto puts film together, --deinterlace field or frame makes frames of video.`;
    case 'still':
    case 'unsure': {
      const tried = scan.places.length;
      const why =
        scan.kind === 'still'
          ? `nothing moves in ${tried} ${tried === 1 ? 'place' : 'places'}`
          : evidence(scan);
      return `not sure (${why}${flagsAgainst(scan)})${left}`;
    }
  }
}

/**
 * The result of a scan, as lines for people. `isTreated`: frames are made from fields, as was asked
 * for, or by what each part of the clip was found to be.
 */
export function scanLines(scan: Scan, rate: Ratio | null, isTreated = false): string[] {
  if (scan.places.length === 0) {
    return ['scan: left out, because nothing that --source web sets needs it.'];
  }
  const lines = [`scan: ${kindLine(scan, rate, isTreated)}`];
  const black = scan.borders?.bottom ?? 0;
  const noise = Math.max(0, scan.headNoise - black);
  const sides = Object.entries(scan.borders ?? {})
    .filter(([side, count]) => count > 0 && (side !== 'bottom' || noise === 0))
    .map(([side, count]) => `${count} ${side}`);
  if (noise > 0) {
    const rest = black > 0 ? ` and ${black} black lines` : '';
    sides.push(`${noise} lines of head noise${rest} below`);
  }
  if (sides.length > 0) lines.push(`borders: ${sides.join(', ')}. --crop auto takes them off.`);
  if (scan.repeats !== null) {
    const every = scan.repeats === 2 ? 'every 2nd frame' : `one frame in ${scan.repeats}`;
    lines.push(`repeats: ${every} repeats the one before; kept. --repeats drop leaves them out.`);
  }
  const grain = noiseLine(scan);
  if (grain !== null) lines.push(grain);
  return lines;
}
