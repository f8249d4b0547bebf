import { VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { hashOf } from '../plan/identity.js';
import type { TickRange } from '../plan/tick-range.js';
import type { Segment } from './segment-plan.js';

/** The version of `StoredPlan` that this vsr writes and goes on with. */
export const planVersion = 3;

/** The plan as it lies in the work folder: any machine that can read it can work on it. */
export type StoredPlan = {
  readonly version: typeof planVersion;
  /** The vsr that began the job: another one may cut, name or enlarge differently. */
  readonly vsr: string;
  /** Version and build of the ffmpeg that began it: another one decodes and encodes differently. */
  readonly ffmpeg: string;
  /** Hash over source, models and settings: the segments are worth keeping only while it holds. */
  readonly job: string;
  /**
   * When the source was last written, in milliseconds since 1970: it tells changes that a hash of
   * the file's ends misses.
   */
  readonly sourceModifiedMs: number;
  /** The values that the hash covers, in order to say what has changed. */
  readonly source: unknown;
  readonly models: readonly string[];
  readonly settings: unknown;
  readonly segments: readonly Segment[];
};

/**
 * A plan of another version, of which only its version is known, and the vsr that wrote it if it
 * says so.
 */
export type ForeignPlan = { readonly version: number; readonly vsr: string | null };

const tick = (field: Field): number | null => field.orNull((value) => value.integer());

function segmentOf(field: Field, number: number): Segment {
  return {
    number: field.at('number').oneOf(number),
    from: tick(field.at('from')),
    to: tick(field.at('to')),
    seekTo: tick(field.at('seekTo')),
  };
}

/**
 * Reads a stored plan as untrusted data: every value must have its type and range, and segment n
 * the number n, so that file names follow from numbers alone. Throws VsrError `media` that names
 * the fault.
 */
export function storedPlanOf(text: string, file: string): StoredPlan | ForeignPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new VsrError('media', `The plan ${file} is no JSON.`, { cause });
  }
  const top = new Field(value, `the plan ${file}`);
  const version = top.at('version').count();
  const vsr = top.at('vsr').maybe((name) => name.string());
  if (version !== planVersion) return { version, vsr: vsr ?? null };
  return {
    version: planVersion,
    vsr: top.at('vsr').string(),
    ffmpeg: top.at('ffmpeg').string(),
    job: top.at('job').string(),
    sourceModifiedMs: top.at('sourceModifiedMs').number(),
    source: top.at('source').object(),
    models: top.at('models').list((name) => name.string()),
    settings: top.at('settings').object(),
    segments: top.at('segments').list(segmentOf),
  };
}

/**
 * Throws VsrError `media` unless the segments follow one another from the beginning of `range` to
 * its end.
 */
export function checkSegments(plan: StoredPlan, range: TickRange, file: string): void {
  const { segments } = plan;
  const follows = segments.every((segment, i) => {
    const before = segments[i - 1];
    const from = before === undefined ? (range.from ?? null) : before.to;
    const rises = segment.from === null || segment.to === null || segment.from < segment.to;
    return segment.from === from && (i === 0 || from !== null) && rises;
  });
  if (follows && segments.length > 0 && segments.at(-1)!.to === (range.to ?? null)) return;
  throw new VsrError(
    'media',
    `Expected the segments of the plan ${file} to follow one another to the end, but they do not. Was it written by vsr?`,
  );
}

/** The differences between an interrupted job and this one, in words. */
function whatChanged(stored: StoredPlan, now: Omit<StoredPlan, 'segments'>): string {
  const differs = (a: unknown, b: unknown): boolean => hashOf(a) !== hashOf(b);
  const parts = [
    ...(differs(stored.source, now.source) || stored.sourceModifiedMs !== now.sourceModifiedMs
      ? ['the source']
      : []),
    ...(differs(stored.models, now.models) ? ['the model'] : []),
  ];
  const before = stored.settings as Readonly<Record<string, unknown>>;
  const after = now.settings as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    if (differs(before[key] ?? null, after[key] ?? null)) parts.push(`the setting ${key}`);
  }
  if (parts.length === 0) return 'the reference, the log or a model has changed';
  return `${parts.join(', ')} ${parts.length === 1 ? 'has' : 'have'} changed`;
}

/** The vsr that wrote a plan, in words. Plans of version 1 do not name it. */
function writerOf({ version, vsr }: StoredPlan | ForeignPlan): string {
  return vsr === null ? `an earlier vsr (its plan has version ${version})` : `vsr ${vsr}`;
}

/**
 * Why this job cannot go on with finished segments, to follow the folder's name; `null` where it
 * can.
 */
export function whyNot(
  stored: StoredPlan | ForeignPlan,
  now: Omit<StoredPlan, 'segments'>,
): string | null {
  if (!('job' in stored) || stored.vsr !== now.vsr) {
    return `holds unfinished work of ${writerOf(stored)}, which vsr ${now.vsr} cannot go on with: start over with --restart, or finish it with that version.`;
  }
  if (stored.ffmpeg !== now.ffmpeg) {
    return `holds finished segments made with ffmpeg ${stored.ffmpeg}, and this is ffmpeg ${now.ffmpeg}. Start over with --restart, or finish it with that one (--ffmpeg).`;
  }
  if (stored.job === now.job && stored.sourceModifiedMs === now.sourceModifiedMs) return null;
  return `holds finished segments of another job: ${whatChanged(stored, now)} since. Start over with --restart, or repeat the earlier command to go on with it.`;
}
