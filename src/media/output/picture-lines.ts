import type { StreamInfo } from '../source/source.js';
import type { Announcement, StreamPlan } from './stream-plan.js';
import { isTextLines } from '../tracks/text-lines.js';

/**
 * What is to be said of kept subtitles where the output begins in the middle of the source: lines
 * of text that are on screen there are kept, pictures are not.
 */
export function pictureLineNotes(
  all: readonly StreamInfo[],
  plans: readonly StreamPlan[],
): Announcement[] {
  const kept = new Set(plans.filter(({ action }) => action !== 'drop').map(({ index }) => index));
  return all
    .filter(
      (stream) => stream.kind === 'subtitle' && kept.has(stream.index) && !isTextLines(stream),
    )
    .map(({ index, codec }) => ({
      ...{
        kind: 'missing',
        what: `the line of subtitle stream ${index} (${codec}) on screen at --start`,
      },
      why: 'such subtitles are pictures, and are copied from the first that begins after it',
      advice: 'Where it matters, start before that line.',
      streamIndex: index,
    }));
}
