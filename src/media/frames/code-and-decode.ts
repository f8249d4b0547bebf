import { buffer } from 'node:stream/consumers';
import { VsrError } from '../../errors.js';
import type { Plane } from '../../planes/plane.js';
import { QuantiserSteps } from '../compression/quantiser-steps.js';
import { strengthOfBits, strengthOfStep, type Strength } from '../compression/strength.js';
import { locateFfmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';

/** The encoders that training pictures can go through: ffmpeg's arguments at quality `q`. */
const coderArguments = {
  x264: (q: number) => ['-c:v', 'libx264', '-preset', 'medium', '-crf', `${q}`],
  x265: (q: number) => [
    ...['-c:v', 'libx265', '-preset', 'fast', '-crf', `${q}`],
    ...['-x265-params', 'log-level=error:pools=none:frame-threads=1'],
  ],
  mpeg4: (q: number) => ['-c:v', 'mpeg4', '-bf', '2', '-q:v', `${q}`],
  mpeg2: (q: number) => ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', `${q}`],
  mjpeg: (q: number) => ['-c:v', 'mjpeg', '-q:v', `${q}`],
  // DV has a fixed bit rate.
  dv: () => ['-c:v', 'dvvideo'],
} as const;

/** The name of such an encoder. */
export type CoderName = keyof typeof coderArguments;

/** How frames are encoded. */
export type Coding = {
  readonly coder: CoderName;
  /** CRF for x264 and x265, otherwise the quantiser scale, 1 to 31. Has no effect on DV. */
  readonly quality: number;
  /**
   * Whether frames are encoded as two fields, the top one first. They are then deinterlaced with
   * bwdif, one frame per frame, at the time of the first field. Default: false.
   */
  readonly interlaced?: boolean;
};

/** Frames that were encoded and decoded. */
export type Decoded = {
  readonly frames: readonly Plane[];
  /** How strongly they were compressed, estimated as for a source. */
  readonly strength: Strength;
};

/** The only size that DV has at 25 frames a second. */
const dvSize = { width: 720, height: 576 };

let program: Promise<string> | undefined;

type Piped = { readonly bytes: Uint8Array; readonly step: number | null };

/** Runs ffmpeg on bytes. `step` is the mean quantiser step that its log shows; `null` for none. */
async function pipeThrough(
  args: readonly string[],
  input: Uint8Array,
  coder: CoderName,
): Promise<Piped> {
  program ??= locateFfmpeg().then((found) => found.ffmpeg);
  const steps = new QuantiserSteps();
  const child = startProcess(await program, ['-hide_banner', '-nostats', '-nostdin', ...args], {
    stdin: 'pipe',
    onStderrLine: (line) => steps.line(line),
  });
  child.stdin!.end(input);
  const output = await buffer(child.stdout);
  const end = await child.done;
  if (end.code !== 0) {
    const reason = end.stderrTail.at(-1) ?? `exit code ${end.code}`;
    throw new VsrError('media', `ffmpeg could not code a training picture by ${coder}: ${reason}.`);
  }
  return { bytes: output, step: steps.mean };
}

/**
 * Encodes 8-bit luma frames of one even size, as 4:2:0 with grey chroma, and decodes them. For DV
 * they are repeated until they fill its 720x576, and must not be larger than that. Throws VsrError
 * `media` where ffmpeg fails.
 */
export async function codeAndDecode(
  frames: readonly Plane[],
  { coder, quality, interlaced = false }: Coding,
): Promise<Decoded> {
  const { width, height } = frames[0]!;
  const size = coder === 'dv' ? dvSize : { width, height };
  const area = size.width * size.height;
  const frameBytes = area * 1.5;
  const raw = new Uint8Array(frameBytes * frames.length).fill(128);
  frames.forEach((frame, i) => raw.set(filled(frame, size), i * frameBytes));
  // JPEG has full range. Stating that on both ways keeps ffmpeg from converting the range.
  const format = coder === 'mjpeg' ? 'yuvj420p' : 'yuv420p';
  const form = ['-f', 'rawvideo', '-pix_fmt', format];
  const fields = interlaced ? ['-flags', '+ildct+ilme', '-top', '1'] : [];
  const coded = await pipeThrough(
    [
      ...['-v', 'error', ...form, '-s', `${size.width}x${size.height}`, '-r', '25'],
      ...['-i', 'pipe:0', ...coderArguments[coder](quality), ...fields],
      // One thread: the caller runs many of these at once, and the result depends on the number.
      ...['-threads', '1', '-f', 'matroska', 'pipe:1'],
    ],
    raw,
    coder,
  );
  const whole = interlaced
    ? ['-vf', 'setfield=mode=tff,bwdif=mode=send_frame:parity=tff:deint=all']
    : [];
  // The quantiser of MPEG-4 is printed by its decoder, that of others by a bitstream filter.
  const says = coder === 'mpeg4' ? ['-debug', 'pict'] : [];
  const traced = coder === 'mpeg4' || coder === 'dv' ? [] : tracing;
  const decoded = await pipeThrough(
    [
      ...[...says, '-threads', '1', '-f', 'matroska', '-i', 'pipe:0'],
      ...['-map', '0:v', ...whole, ...form, 'pipe:1', ...traced],
    ],
    coded.bytes,
    coder,
  );
  if (decoded.bytes.length !== raw.length) {
    throw new VsrError('media', `ffmpeg gave ${decoded.bytes.length} bytes back of ${raw.length}.`);
  }
  const bits = (8 * coded.bytes.length) / (area * frames.length);
  return {
    frames: frames.map((_, i) => {
      const start = i * frameBytes;
      return cut(decoded.bytes.subarray(start, start + area), size.width, { width, height });
    }),
    strength:
      decoded.step === null ? strengthOfBits('dvvideo', bits) : strengthOfStep(decoded.step),
  };
}

/** Arguments of a further output, which prints the headers of the stream. */
const tracing = ['-map', '0:v', '-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'];

/** The samples of a plane of `size` that is filled with repetitions of the frame. */
function filled(frame: Plane, size: { readonly width: number; readonly height: number }) {
  if (frame.width === size.width && frame.height === size.height) return frame.data;
  const data = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    const row = (y % frame.height) * frame.width;
    for (let x = 0; x < size.width; x++) {
      data[y * size.width + x] = frame.data[row + (x % frame.width)]!;
    }
  }
  return data;
}

/** Copies the upper left part of a plane with `stride` samples per row. */
function cut(
  data: Uint8Array,
  stride: number,
  { width, height }: { readonly width: number; readonly height: number },
): Plane {
  const part = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    part.set(data.subarray(y * stride, y * stride + width), y * width);
  }
  return { data: part, width, height };
}
