import type { Ratio } from '../../planes/ratio.js';
import { complaintIn } from '../damage/complaint.js';
import { diskTrouble } from '../program/disk-words.js';
import type { ProcessEnd } from '../program/process.js';
import { formOfLine, withColours, type FrameForm } from './frame-form.js';
import { rescale, showinfoParser, type FrameInfo } from './timestamps.js';

/** A frame's description, with what the decoder said just before it. */
export type LoggedFrame = FrameInfo & {
  /** What it says of its numbers; whole once the next frame is described. */
  readonly form: { value: FrameForm };
  /** The decoder says that part of the picture is missing or made up. */
  readonly damaged: boolean;
};

/** What a decoder complains about, and the frame that it showed next. */
export type DecodeComplaint = {
  readonly text: string;
  /** Ticks of the next frame; `null` where none came, or where it has no time. */
  pts: number | null;
};

/** ffmpeg's stderr while it decodes, taken apart. */
export interface DecodeLog {
  /** To be called with every line of stderr. */
  readonly onLine: (line: string) => void;
  /** The description of the next frame, in order; `null` if the process ended without one. */
  next(): Promise<LoggedFrame | null>;
  /** To be called once the process has gone. */
  readonly end: () => void;
  /** Warnings and errors, the first `keptMessages`, equal neighbours once. */
  readonly messages: readonly string[];
  /**
   * What its decoder found broken, the first `keptComplaints`; what the demuxer says is not among
   * it.
   */
  readonly complaints: readonly DecodeComplaint[];
  /** A message said that the file ends before it should. */
  readonly cutShort: boolean;
  /** A message said that the disk does not give the file's bytes. */
  readonly unreadable: boolean;
  /** Packets of which the decoder made nothing. */
  readonly lostPackets: number;
}

/** How many messages a report holds. */
export const keptMessages = 100;

/** How many complaints are kept: a broken stream can make some for every frame. */
const keptComplaints = 1000;

/** ffmpeg's words for a file that ends too early, over the years and demuxers. */
const cutShortWords =
  /partial file|ended prematurely|truncat|unexpected end|end of file in|read error|error during demuxing|premature eof/i;

/** Words on a decoded picture that is not whole; they come just before the picture itself. */
const damagedWords = /corrupt decoded frame/i;

/**
 * Before ffmpeg 5 only the decoder itself says that it made up part of a picture, when it reads it
 * and not when it is shown. It names the kind of picture: the next one shown of this kind is taken
 * for it.
 */
const concealedWords = /concealing \d+ DC, .* errors in ([IPB]) frame/;

/** A packet that the decoder refused, in the words of ffmpeg 4 to 6, and since. */
const lostWords = /^Error while decoding stream #0:|Error submitting packet to decoder/;

/** What this ffmpeg has to say about our command line says nothing about the source. */
const ownWords = /^-vsync is deprecated/;

/** Whose decoder is listened to. */
export type DecodedStream = { readonly index: number; readonly demuxer: string | null };

/** Reads the log of one decoding process whose showinfo filter is called `instance`. */
export function decodeLog(
  instance: string,
  timeBase: Ratio,
  libavcodec: number,
  stream: DecodedStream | null = null,
): DecodeLog {
  return new LogReader(showinfoParser(instance), timeBase, libavcodec, stream);
}

class LogReader implements DecodeLog {
  readonly messages: string[] = [];
  readonly complaints: DecodeComplaint[] = [];
  cutShort = false;
  unreadable = false;
  lostPackets = 0;
  private readonly showinfo: ReturnType<typeof showinfoParser>;
  private readonly timeBase: Ratio;
  private readonly libavcodec: number;
  private readonly stream: DecodedStream | null;
  /** Described frames that nobody has asked for yet. */
  private readonly waiting: LoggedFrame[] = [];
  private resume: (() => void) | null = null;
  private ended = false;
  /** Of `complaints`, those whose frame has not come. */
  private unplaced: DecodeComplaint[] = [];
  /** Whether the next frame was called damaged. */
  private damaged = false;
  /** Kinds of pictures that the decoder made up in part, and that were not shown yet. */
  private readonly concealed: string[] = [];
  /** The time base in which showinfo counts. */
  private linkBase: Ratio;
  /** Of the frame that was described last: its colours follow on a line of their own. */
  private form: LoggedFrame['form'] | null = null;
  /** What ffmpeg meets while it looks for streams, it meets again while it decodes. */
  private decoding = false;

  constructor(
    showinfo: ReturnType<typeof showinfoParser>,
    timeBase: Ratio,
    libavcodec: number,
    stream: DecodedStream | null,
  ) {
    this.showinfo = showinfo;
    this.timeBase = timeBase;
    this.linkBase = timeBase;
    this.libavcodec = libavcodec;
    this.stream = stream;
  }

  readonly onLine = (line: string): void => {
    if (!this.showinfo.owns(line)) return this.noteMessage(line);
    this.linkBase = this.showinfo.timeBase(line) ?? this.linkBase;
    const info = this.showinfo.frame(line);
    if (info !== null) return this.noteFrame(line, info);
    if (this.form !== null) this.form.value = withColours(this.form.value, line) ?? this.form.value;
  };

  async next(): Promise<LoggedFrame | null> {
    while (this.waiting.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => (this.resume = resolve));
    }
    return this.waiting.shift() ?? null;
  }

  readonly end = (): void => {
    this.ended = true;
    this.wake();
  };

  private wake(): void {
    this.resume?.();
    this.resume = null;
  }

  /** Takes a frame's description, and gives it what was said since the frame before. */
  private noteFrame(line: string, info: FrameInfo): void {
    this.form = { value: formOfLine(line) };
    const pts = info.pts === null ? null : rescale(info.pts, this.linkBase, this.timeBase);
    const place = this.concealed.indexOf(info.kind);
    if (place >= 0) this.concealed.splice(place, 1);
    for (const complaint of this.unplaced) complaint.pts = pts;
    this.unplaced = [];
    const damaged = this.damaged || place >= 0;
    this.damaged = false;
    this.waiting.push({ ...info, pts, form: this.form, damaged });
    this.wake();
  }

  /** Takes a line that describes no frame. */
  private noteMessage(line: string): void {
    if (line.includes('Stream mapping:')) this.decoding = true;
    this.noteComplaint(line);
    if (this.libavcodec < 59 && this.decoding) {
      const kind = concealedWords.exec(line)?.[1];
      if (kind !== undefined) this.concealed.push(kind);
    }
    const match = /\[(?:warning|error|fatal|panic)\] (.*)$/.exec(line);
    if (match === null) return;
    const text = match[1]!;
    if (ownWords.test(text)) return;
    if (lostWords.test(text) && this.decoding) this.lostPackets += 1;
    if (damagedWords.test(text)) this.damaged = true;
    if (cutShortWords.test(text)) this.cutShort = true;
    if (diskTrouble([line]) !== null) this.unreadable = true;
    if (this.messages.length < keptMessages && this.messages.at(-1) !== text) {
      this.messages.push(text);
    }
  }

  /** Keeps what the decoder of our stream finds broken. */
  private noteComplaint(line: string): void {
    const complaint = complaintIn(line);
    if (complaint === null || !this.decoding || this.complaints.length >= keptComplaints) return;
    const { speaker, text } = complaint;
    const { stream } = this;
    if (speaker !== null && speaker === stream?.demuxer) return;
    if (complaint.stream !== null && stream !== null && complaint.stream !== stream.index) return;
    const placed = { text, pts: null };
    this.complaints.push(placed);
    this.unplaced.push(placed);
  }
}

/**
 * Exit code of ffmpeg (4.4 and newer) for a stream with more errors than frames; what decoded is
 * there all the same.
 */
const tooManyErrors = 69;

/** Whether a decoder that was not stopped by us ended as it should, damage in the source apart. */
export function endedWell(end: ProcessEnd): boolean {
  return end.signal === null && (end.code === 0 || end.code === tooManyErrors);
}
