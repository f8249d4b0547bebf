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

/** What this ffmpeg has to say on our command line is nothing about the source. */
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
  const showinfo = showinfoParser(instance);
  const waiting: LoggedFrame[] = [];
  const messages: string[] = [];
  const complaints: DecodeComplaint[] = [];
  /** Of `complaints`, those whose frame has not come. */
  let unplaced: DecodeComplaint[] = [];
  let resume: (() => void) | null = null;
  let ended = false;
  let damaged = false;
  let cutShort = false;
  let unreadable = false;
  let linkBase = timeBase;
  /** Of the frame that was described last: its colours follow on a line of their own. */
  let form: LoggedFrame['form'] | null = null;
  let lostPackets = 0;
  /** What ffmpeg meets while it looks for streams, it meets again while it decodes. */
  let decoding = false;
  const concealed: string[] = [];

  const wake = (): void => {
    resume?.();
    resume = null;
  };
  const complain = (line: string): void => {
    const complaint = complaintIn(line);
    if (complaint === null || !decoding || complaints.length >= keptComplaints) return;
    if (complaint.speaker !== null && complaint.speaker === stream?.demuxer) return;
    if (complaint.stream !== null && stream !== null && complaint.stream !== stream.index) return;
    const placed = { text: complaint.text, pts: null };
    complaints.push(placed);
    unplaced.push(placed);
  };
  const note = (line: string): void => {
    if (line.includes('Stream mapping:')) decoding = true;
    complain(line);
    if (libavcodec < 59 && decoding) {
      const kind = concealedWords.exec(line)?.[1];
      if (kind !== undefined) concealed.push(kind);
    }
    const match = /\[(?:warning|error|fatal|panic)\] (.*)$/.exec(line);
    if (match === null) return;
    const text = match[1]!;
    if (ownWords.test(text)) return;
    if (lostWords.test(text) && decoding) lostPackets += 1;
    if (damagedWords.test(text)) damaged = true;
    if (cutShortWords.test(text)) cutShort = true;
    if (diskTrouble([line]) !== null) unreadable = true;
    if (messages.length < keptMessages && messages.at(-1) !== text) messages.push(text);
  };
  return {
    onLine(line) {
      if (!showinfo.owns(line)) return note(line);
      linkBase = showinfo.timeBase(line) ?? linkBase;
      const info = showinfo.frame(line);
      if (info === null) {
        if (form !== null) form.value = withColours(form.value, line) ?? form.value;
        return;
      }
      form = { value: formOfLine(line) };
      const pts = info.pts === null ? null : rescale(info.pts, linkBase, timeBase);
      const place = concealed.indexOf(info.kind);
      if (place >= 0) concealed.splice(place, 1);
      for (const complaint of unplaced) complaint.pts = pts;
      unplaced = [];
      waiting.push({ ...info, pts, form, damaged: damaged || place >= 0 });
      damaged = false;
      wake();
    },
    async next() {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => (resume = resolve));
      }
      return waiting.shift() ?? null;
    },
    end() {
      ended = true;
      wake();
    },
    messages,
    complaints,
    get cutShort() {
      return cutShort;
    },
    get unreadable() {
      return unreadable;
    },
    get lostPackets() {
      return lostPackets;
    },
  };
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
