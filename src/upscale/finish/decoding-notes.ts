import type { Announcement } from '../../media/output/output-plan.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/** How many size changes are told one by one. */
const mostChanges = 5;

/** What only decoding shows of a source that is whole: pictures that change their size. */
export function decodingNotes(
  records: readonly SegmentRecord[],
  size: { readonly width: number; readonly height: number },
): Announcement[] {
  const notes: Announcement[] = [];
  const changes: string[] = [];
  let first = 0;
  for (const { frames, sizeChanges } of records) {
    for (const { frame, width, height } of sizeChanges) {
      changes.push(`${width}x${height} from frame ${first + frame} on`);
    }
    first += frames;
  }
  if (changes.length > 0) {
    const more = changes.length - mostChanges;
    const list = [...changes.slice(0, mostChanges), ...(more > 0 ? [`${more} more`] : [])];
    notes.push({
      kind: 'note',
      what: 'picture size',
      why: `it changes in mid-stream (${list.join(', ')}); every frame is brought to ${size.width}x${size.height}`,
    });
  }
  return notes;
}
