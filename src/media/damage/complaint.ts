/** A message of ffmpeg that says that a source is damaged. */
export type Complaint = {
  /**
   * The part of ffmpeg that says it, such as `h264` or `matroska,webm`; `null` for the program
   * itself.
   */
  readonly speaker: string | null;
  readonly text: string;
  /** Index of the stream; `null` where the message does not name one. */
  readonly stream: number | null;
};

/** Parts of ffmpeg that work after the decoders: their messages are not about the source. */
const afterDecoders =
  /^(?:null|framecrc|rawvideo|swscaler|auto_scale.*|auto_aresample.*|Parsed_.*|out#.*|af#.*|vf#.*|format.*|showinfo.*|pcm_.*|wrapped_avframe)$/;

/**
 * Errors about writing or about the end of the run. If the source caused them, it has a line of its
 * own.
 */
const notOfSource =
  /^(?:Application provided invalid, non monoton|av_interleaved_write_frame|Error (?:muxing|writing|closing file|marking filters)|Conversion failed|Cannot determine format of input stream|Decoder \(codec \S+\) not found|Too many packets buffered)/;

/**
 * What the H.264 decoder also says about undamaged clips, when reading begins at a key frame in the
 * middle of one with open GOPs: it was told to drop a reference picture that was never read.
 */
const afterSeek = /^mmco: unref short failure$/;

/**
 * Warnings about broken or lost data. All other warnings are about undamaged files that ffmpeg had
 * to treat in a special way.
 */
const damageWarnings =
  /\bcorrupt|ended prematurely|partial file|truncat|packet mismatch|packet size mismatch|crc mismatch|continuity check failed|invalid as first byte|exceeds containing master element|concealing \d+/i;

/** How ffmpeg's messages name a stream. */
const streamWords = /(?:\bstream #0:|\bstream = |\bstream )(\d+)/i;

/**
 * The complaint in a line of ffmpeg's log, written with `-loglevel level+...`; `null` for any other
 * line.
 */
export function complaintIn(line: string): Complaint | null {
  const match = /^(?:\[(.+?) @ [^\]]*\] )?\[(warning|error|fatal|panic)\] (.*)$/.exec(line);
  if (match === null) return null;
  const [, speaker, level, text] = match;
  if (speaker !== undefined && afterDecoders.test(speaker)) return null;
  if (notOfSource.test(text!) || afterSeek.test(text!)) return null;
  if (level === 'warning' && !damageWarnings.test(text!)) return null;
  const stream = streamWords.exec(text!)?.[1];
  return {
    speaker: speaker ?? null,
    text: text!,
    stream: stream === undefined ? null : Number(stream),
  };
}
