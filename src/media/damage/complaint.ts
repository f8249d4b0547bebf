/** What ffmpeg says of a source that is not whole. */
export type Complaint = {
  /**
   * The part of ffmpeg that speaks, e.g. `h264` or `matroska,webm`; `null` for the program itself.
   */
  readonly speaker: string | null;
  readonly text: string;
  /** The stream's index, where the line names it. */
  readonly stream: number | null;
};

/** Parts of ffmpeg that work for us after the decoders: what they say is not about the source. */
const afterDecoders =
  /^(?:null|framecrc|rawvideo|swscaler|auto_scale.*|auto_aresample.*|Parsed_.*|out#.*|af#.*|vf#.*|format.*|showinfo.*|pcm_.*|wrapped_avframe)$/;

/**
 * Errors about writing, or about the end of the whole run: whatever caused them has its own line.
 */
const notOfSource =
  /^(?:Application provided invalid, non monoton|av_interleaved_write_frame|Error (?:muxing|writing|closing file|marking filters)|Conversion failed|Cannot determine format of input stream|Decoder \(codec \S+\) not found|Too many packets buffered)/;

/**
 * What the H.264 decoder says of whole clips as well, where reading begins at a key frame in the
 * middle (open GOPs): a picture that it is told to forget was never read.
 */
const afterSeek = /^mmco: unref short failure$/;

/**
 * Warnings that tell of data that is broken or lost; all other warnings tell how ffmpeg copes with
 * whole files.
 */
const damageWarnings =
  /\bcorrupt|ended prematurely|partial file|truncat|packet mismatch|packet size mismatch|crc mismatch|continuity check failed|invalid as first byte|exceeds containing master element|concealing \d+/i;

/** A stream as ffmpeg's lines name it. */
const streamWords = /(?:\bstream #0:|\bstream = |\bstream )(\d+)/i;

/**
 * What a line of ffmpeg's log, written with `-loglevel level+...`, complains about; `null` for any
 * other line.
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
