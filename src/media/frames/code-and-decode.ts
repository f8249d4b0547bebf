import { buffer } from 'node:stream/consumers';
import { VsrError } from '../../errors.js';
import type { Plane } from '../../planes/plane.js';
import { QuantiserSteps } from '../compression/quantiser-steps.js';
import {
  strengthOfBits,
  strengthOfFields,
  strengthOfStep,
  type Strength,
} from '../compression/strength.js';
import { deinterlacer } from '../decode/decode-command.js';
import { everyFrame, type Ffmpeg, locateFfmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { FieldFrames } from '../source/source.js';

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
   * Set where each frame holds two fields: they are encoded as such, and the decoded frames are
   * deinterlaced, as a user's are.
   */
  readonly fields?: FieldFrames;
};

/** Frames that were encoded and decoded, or deinterlaced. */
export type Decoded = {
  /** As many as were given; of fields at field rate twice as many. */
  readonly frames: readonly Plane[];
  /** How strongly they were compressed, estimated as for a source. */
  readonly strength: Strength;
};

/** The only size that DV has at 25 frames a second. */
const dvSize = { width: 720, height: 576 };

type Size = { readonly width: number; readonly height: number };

let program: Promise<Ffmpeg> | undefined;

function found(): Promise<Ffmpeg> {
  return (program ??= locateFfmpeg());
}

/** Arguments that keep ffmpeg from repeating frames or leaving some out. */
async function all(): Promise<readonly string[]> {
  return everyFrame(await found());
}

type Piped = { readonly bytes: Uint8Array; readonly step: number | null };

/** Runs ffmpeg on bytes. `step` is the mean quantiser step that its log shows; `null` for none. */
async function pipeThrough(
  args: readonly string[],
  input: Uint8Array,
  task: string,
): Promise<Piped> {
  const steps = new QuantiserSteps();
  const child = startProcess(
    (await found()).ffmpeg,
    ['-hide_banner', '-nostats', '-nostdin', ...args],
    {
      stdin: 'pipe',
      onStderrLine: (line) => steps.line(line),
    },
  );
  child.stdin!.end(input);
  const output = await buffer(child.stdout);
  const end = await child.done;
  if (end.code !== 0) {
    const reason = end.stderrTail.at(-1) ?? `exit code ${end.code}`;
    throw new VsrError('media', `ffmpeg could not ${task}: ${reason}.`);
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
  { coder, quality, fields }: Coding,
): Promise<Decoded> {
  const task = `code a training picture by ${coder}`;
  const { width, height } = frames[0]!;
  const size = coder === 'dv' ? dvSize : { width, height };
  const raw = rawFrames(frames, size);
  // JPEG has full range. Stating that on both ways keeps ffmpeg from converting the range.
  const format = coder === 'mjpeg' ? 'yuvj420p' : 'yuv420p';
  const form = ['-f', 'rawvideo', '-pix_fmt', format];
  const top = fields?.order === 'bottom' ? '0' : '1';
  const asFields = fields === undefined ? [] : ['-flags', '+ildct+ilme', '-top', top];
  const coded = await pipeThrough(
    [
      ...['-v', 'error', ...form, '-s', `${size.width}x${size.height}`, '-r', '25'],
      ...['-i', 'pipe:0', ...coderArguments[coder](quality), ...asFields],
      // One thread: the caller runs many of these at once, and the result depends on the number.
      ...['-threads', '1', '-f', 'matroska', 'pipe:1'],
    ],
    raw,
    task,
  );
  const whole = fields === undefined ? [] : ['-vf', deinterlacer(fields)];
  // The quantiser of MPEG-4 is printed by its decoder, that of others by a bitstream filter.
  const says = coder === 'mpeg4' ? ['-debug', 'pict'] : [];
  const traced = coder === 'mpeg4' || coder === 'dv' ? [] : tracing;
  const decoded = await pipeThrough(
    [
      ...[...says, '-threads', '1', '-f', 'matroska', '-i', 'pipe:0'],
      ...['-map', '0:v', ...whole, ...(await all()), ...form, 'pipe:1', ...traced],
    ],
    coded.bytes,
    task,
  );
  const bits = (8 * coded.bytes.length) / (size.width * size.height * frames.length);
  const strength =
    decoded.step === null ? strengthOfBits('dvvideo', bits) : strengthOfStep(decoded.step);
  return {
    frames: cutFrames(decoded.bytes, pictureCount(frames, fields), size, { width, height }),
    strength: fields === undefined ? strength : strengthOfFields(strength),
  };
}

/**
 * Makes whole pictures of 8-bit luma frames that hold two fields each, as is done with a user's
 * frames. They must be of one even size. Throws VsrError `media` where ffmpeg fails.
 */
export async function deinterlaceFrames(
  frames: readonly Plane[],
  fields: FieldFrames,
): Promise<Decoded> {
  const { width, height } = frames[0]!;
  const size = { width, height };
  const form = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p'];
  const made = await pipeThrough(
    [
      ...['-v', 'error', '-threads', '1', ...form, '-s', `${width}x${height}`, '-r', '25'],
      ...['-i', 'pipe:0', '-vf', deinterlacer(fields), ...(await all()), ...form, 'pipe:1'],
    ],
    rawFrames(frames, size),
    'deinterlace a training picture',
  );
  return {
    frames: cutFrames(made.bytes, pictureCount(frames, fields), size, size),
    strength: strengthOfFields(0),
  };
}

/** How many pictures are made of frames. */
function pictureCount(frames: readonly Plane[], fields: FieldFrames | undefined): number {
  return fields?.rate === 'field' ? 2 * frames.length : frames.length;
}

/** Frames filled to `size`, as 4:2:0 with grey chroma. */
function rawFrames(frames: readonly Plane[], size: Size): Uint8Array {
  const frameBytes = size.width * size.height * 1.5;
  const raw = new Uint8Array(frameBytes * frames.length).fill(128);
  frames.forEach((frame, i) => raw.set(filled(frame, size), i * frameBytes));
  return raw;
}

/** The luma of `count` raw frames of `size`, each cut to `to`. */
function cutFrames(bytes: Uint8Array, count: number, size: Size, to: Size): Plane[] {
  const area = size.width * size.height;
  if (bytes.length !== count * area * 1.5) {
    throw new VsrError('media', `ffmpeg gave ${bytes.length} bytes back of ${count * area * 1.5}.`);
  }
  return Array.from({ length: count }, (_, i) => {
    const start = i * area * 1.5;
    return cut(bytes.subarray(start, start + area), size.width, to);
  });
}

/** Arguments of a further output, which prints the headers of the stream. */
const tracing = ['-map', '0:v', '-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'];

/** The samples of a plane of `size` that is filled with repetitions of the frame. */
function filled(frame: Plane, size: Size) {
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
function cut(data: Uint8Array, stride: number, { width, height }: Size): Plane {
  const part = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    part.set(data.subarray(y * stride, y * stride + width), y * width);
  }
  return { data: part, width, height };
}
