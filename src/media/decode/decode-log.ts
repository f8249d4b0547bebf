import type { Ratio } from '../../planes/ratio.js';
import { complaintIn } from '../damage/complaint.js';
import { diskTrouble } from '../program/disk-words.js';
import type { ProcessEnd } from '../program/process.js';
import { formOfLine, withColours, type FrameForm } from './frame-form.js';
import { rescale, showinfoParser, type FrameInfo } from './timestamps.js';

/** A frame's description, with what the decoder said just before it. */
export type LoggedFrame = FrameInfo & {
  /** Its colours, shape and pixel format; complete once the next frame is described. */
  readonly form: { value: FrameForm };
  /** The decoder says that a part of the picture is missing or was concealed. */
  readonly damaged: boolean;
};

/** A complaint of a decoder, and the frame that it gave next. */
export type DecodeComplaint = {
  readonly text: string;
  /** Ticks of the next frame; `null` where none came, or where it has no time. */
  pts: number | null;
};

/** Reads ffmpeg's stderr while it decodes. */
export interface DecodeLog {
  /** Must be called with every line of stderr. */
  readonly onLine: (line: string) => void;
  /** Waits for the description of the next frame; `null` if the process ended without one. */
  next(): Promise<LoggedFrame | null>;
  /** Must be called once the process has ended. */
  readonly end: () => void;
  /** The first `keptMessages` warnings and errors; equal ones in a row are kept once. */
  readonly messages: readonly string[];
  /** The first `keptComplaints` complaints of the decoder, not those of the demuxer. */
  readonly complaints: readonly DecodeComplaint[];
  /** Whether a message said that the file ends before it should. */
  readonly cutShort: boolean;
  /** Whether a message said that the disk does not give the file's bytes. */
  readonly unreadable: boolean;
  /** Number of packets that the decoder refused. */
  readonly lostPackets: number;
}

/** How many messages a report holds. */
export const keptMessages = 100;

/** How many complaints are kept: a broken stream can cause some for every frame. */
const keptComplaints = 1000;

/** What ffmpeg's versions and demuxers say about a file that ends too early. */
const cutShortWords =
  /partial file|ended prematurely|truncat|unexpected end|end of file in|read error|error during demuxing|premature eof/i;

/** What ffmpeg says about a damaged picture, just before it gives that picture. */
const damagedWords = /corrupt decoded frame/i;

/**
 * Before ffmpeg 5 only the decoder itself says that it concealed a part of a picture, and it says
 * so when it reads the picture, not when it gives it. It names the picture's type, so the next
 * picture of that type counts as the damaged one.
 */
const concealedWords = /concealing \d+ DC, .* errors in ([IPB]) frame/;

/** What ffmpeg 4 to 6, and later ones, say about a packet that the decoder refused. */
const lostWords = /^Error while decoding stream #0:|Error submitting packet to decoder/;

/** Warnings about vsr's own command line, which say nothing about the source. */
const ownWords = /^-vsync is deprecated/;

/** The stream that is decoded: its index, and the name of its demuxer in messages. */
export type DecodedStream = { readonly index: number; readonly demuxer: string | null };

/**
 * Reads the log of one decoding process. `instance` is the name of its showinfo filter, `timeBase`
 * that of the times to give, `libavcodec` the major version. Without `stream`, the complaints about
 * all streams are kept.
 */
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
  /** Those of `complaints` whose frame has not come yet. */
  private unplaced: DecodeComplaint[] = [];
  /** Whether a message said that the next frame is damaged. */
  private damaged = false;
  /** Types of pictures that were concealed in part and have not come yet. */
  private readonly concealed: string[] = [];
  /** The time base of showinfo's times. */
  private linkBase: Ratio;
  /** The form of the last described frame: its colours follow in a line of their own. */
  private form: LoggedFrame['form'] | null = null;
  /** Whether decoding has begun: what ffmpeg says before, while it probes, it will say again. */
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

  /** Takes a frame's description, and adds what was said since the frame before. */
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

  /** Keeps the complaints of the decoder of `stream`. */
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
 * Exit code of ffmpeg (4.4 and newer) for a stream with more errors than frames; the frames that
 * could be decoded have come nevertheless.
 */
const tooManyErrors = 69;

/** Whether a decoder that vsr did not stop ended normally, which damage in the source allows. */
export function endedWell(end: ProcessEnd): boolean {
  return end.signal === null && (end.code === 0 || end.code === tooManyErrors);
}
