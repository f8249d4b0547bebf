import type { FormProperty } from '../../media/decode/frame-form.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { VideoStream } from '../../media/source/source.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/** How many changes of one kind are listed. */
const mostChanges = 5;

/** What the notes need to know of a video. */
export type NotedVideo = Pick<VideoStream, 'width' | 'height' | 'timeBase' | 'startTime'>;

/** Changes within a source that is whole, which only decoding shows. */
export function decodingNotes(
  records: readonly SegmentRecord[],
  video: NotedVideo,
): Announcement[] {
  return [...sizeNotes(records, video), ...formNotes(records, video)];
}

/** The first of `changes`, as a list for people. */
function listed(changes: readonly string[]): string {
  const more = changes.length - mostChanges;
  return [...changes.slice(0, mostChanges), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function sizeNotes(records: readonly SegmentRecord[], video: NotedVideo): Announcement[] {
  const changes: string[] = [];
  let first = 0;
  for (const { frames, sizeChanges } of records) {
    for (const { frame, width, height } of sizeChanges) {
      changes.push(`${width}x${height} from frame ${first + frame} on`);
    }
    first += frames;
  }
  if (changes.length === 0) return [];
  return [
    {
      kind: 'note',
      what: 'picture size',
      why: `it changes in mid-stream (${listed(changes)}); every frame is brought to ${video.width}x${video.height}`,
    },
  ];
}

const titles: Readonly<Record<FormProperty, string>> = {
  range: "the samples' range",
  matrix: 'the colour matrix',
  primaries: 'the colour primaries',
  transfer: 'the transfer of light',
  aspect: 'the sample aspect ratio',
  format: 'the pixel format',
};

const ranges: Readonly<Record<string, string>> = { pc: 'full (pc)', tv: 'limited (tv)' };

/** The value that a property changes to, in words. */
function saidOf(what: FormProperty, to: string | null): string {
  if (to === null) return what === 'aspect' ? '1:1' : 'not stated';
  return what === 'range' ? (ranges[to] ?? to) : to;
}

/**
 * Notes on changes that the output cannot hold, because it states once for all how its samples are
 * shown.
 */
function formNotes(records: readonly SegmentRecord[], video: NotedVideo): Announcement[] {
  const found = new Map<FormProperty, string[]>();
  /** The last value of each property; a segment that is read by itself may state it again. */
  const last = new Map<FormProperty, string | null>();
  const { num, den } = video.timeBase;
  let first = 0;
  for (const { frames, formChanges } of records) {
    for (const { frame, pts, what, to } of formChanges) {
      if (last.has(what) && last.get(what) === to) continue;
      last.set(what, to);
      const seconds = (pts * num) / den - (video.startTime ?? 0);
      const words = `${saidOf(what, to)} from frame ${first + frame} on, at ${seconds.toFixed(2)} s`;
      found.set(what, [...(found.get(what) ?? []), words]);
    }
    first += frames;
  }
  return [...found].map(([what, changes]) => ({
    kind: 'missing',
    what: `the change of ${titles[what]} in mid-stream`,
    why:
      what === 'format'
        ? `it changes (${listed(changes)}); every frame is brought to the first one's`
        : `it changes (${listed(changes)}); the samples stay as they are, but the output says what the first frame says, all through`,
    advice: 'Enlarge the parts by themselves (--start, --end).',
  }));
}
