/** Most messages that are kept of one decoding; a damaged hour has thousands. */
const mostMessages = 50;

/** Most damaged frames that are listed by number. */
const mostDamaged = 10_000;

/** What demuxers say when a file ends before it should. */
const endsEarly =
  /partial file|ended prematurely|Truncated packet|Truncating packet|truncated file|Premature end|unexpected EOF|end of file reached unexpectedly/i;

/** Errors that speak of something else than the pictures. */
const harmless =
  /deprecated pixel format|Could not find codec parameters|Application provided duration|non monotonous|Referenced QT chapter track|Guessing on RTP|max_analyze_duration/i;

/** Collects what ffmpeg complains about while it decodes. */
export class DecodeMessages {
  readonly messages: string[] = [];
  /** Frames, from 0 among those decoded, that were in line when an error of the decoder came. */
  readonly damaged = new Set<number>();
  endsEarly = false;
  #skipped = 0;

  /** One line of stderr with its level in it, said when `frame` was next in line. */
  add(line: string, frame: number): void {
    const match = /^(?:\[([^\]@]+) @ \w+\] )?\[(warning|error|fatal|panic)\] (.*)$/.exec(line);
    if (match === null) return;
    const [, who = '', level, text = ''] = match;
    if (harmless.test(text)) return;
    if (endsEarly.test(text)) this.endsEarly = true;
    if (level === 'warning') return;
    if (this.messages.length < mostMessages)
      this.messages.push(`${who === '' ? '' : `${who}: `}${text}`);
    else this.#skipped++;
    const ofDemuxer = /^(?:mov|matroska|avi|mpegts|flv|ogg|mxf|nut|asf)/.test(who);
    if (!ofDemuxer && this.damaged.size < mostDamaged) this.damaged.add(frame);
  }

  /** The messages, and how many more there were. */
  all(): string[] {
    return this.#skipped === 0
      ? [...this.messages]
      : [...this.messages, `and ${this.#skipped} more`];
  }
}
