import type { StreamInfo } from '../source/source.js';
import type { Announcement, StreamPlan } from './stream-plan.js';
import { isTextLines } from '../tracks/text-lines.js';

/**
 * Announcements about kept subtitles of an output that begins in the middle of the source. A line
 * of text that is on screen there is kept; a line that is a picture is not.
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
