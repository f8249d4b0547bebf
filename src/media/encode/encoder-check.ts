import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { colourFlags } from '../formats/colour-flags.js';
import { containerOfMuxer } from '../formats/containers.js';
import type { OutputPlan } from '../output/output-plan.js';
import { knownAnswer } from '../program/binary-answers.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import { listAt, numberAt, textAt, type Json } from '../source/probe-stream.js';
import { intermediateMuxer } from './encode-command.js';
import { openEncoder } from './encode.js';

/** Times of the trial's frames, in frames: at uneven intervals, as a clip's may be. */
const trialTimes = [0, 1, 3] as const;

/** Milliseconds after which an encoder that does nothing counts as hanging. */
const longestIdleMs = 10_000;

/** Encodes a few grey frames with the encoder of `plan` to `file`. Throws as `openEncoder` does. */
async function encodeFrames(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { byteLength, sampleBytes, format } = plan.frameLayout;
  const data = new Uint8Array(byteLength);
  if (sampleBytes === 1) data.fill(128);
  else new Uint16Array(data.buffer).fill(1 << (format.bitDepth - 1));
  const step = ticksPerFrame(plan);
  const encoder = openEncoder(ffmpeg, plan, file, { signal, stallTimeoutMs: longestIdleMs });
  try {
    for (const [index, time] of trialTimes.entries()) {
      await encoder.write({ index, pts: time * step, data });
    }
    await encoder.finish();
  } catch (error) {
    await encoder.abort();
    throw error;
  }
}

const ticksPerFrame = ({ timeBase, frameRate }: OutputPlan): number =>
  Math.max(1, Math.round(timeBase.den / timeBase.num / framesPerSecond(frameRate)));

/** The matrix of BT.601 has two names, for 525 and 625 lines; this gives both the same. */
const oneMatrix = (name: string | null): string | null => (name === 'smpte170m' ? 'bt470bg' : name);

/** The colour properties that a player cannot do without, by the names of a plan or of ffprobe. */
const marksOf = ({ range, matrix }: { range: string | null; matrix: string | null }) =>
  Object.entries({ range, matrix: oneMatrix(matrix) });

/**
 * Compares an output's stream, as read back, with the plan. `other` says what differs, for
 * messages; `lost` are the colour properties that are not stated any more.
 */
function compare(
  plan: OutputPlan,
  read: Json,
): { readonly other: string | null; readonly lost: readonly string[] } {
  const size = `${numberAt(read, 'width')}x${numberAt(read, 'height')}`;
  const form: readonly (readonly [what: string, want: string, came: string | null])[] = [
    ['codec', plan.codec, textAt(read, 'codec_name')],
    ['size', `${plan.codedWidth}x${plan.codedHeight}`, size],
    ['pixel format', plan.pixelFormat, textAt(read, 'pix_fmt')?.replace('yuvj', 'yuv') ?? null],
  ];
  const said = (name: string): string | null => {
    const value = textAt(read, name);
    return value === 'unknown' ? null : value;
  };
  const came = new Map(marksOf({ range: said('color_range'), matrix: said('color_space') }));
  const marks = marksOf(plan.colour).flatMap(([what, want]) =>
    want === null ? [] : [[what, want, came.get(what) ?? null] as const],
  );
  // A colour property that is missing is announced as a loss; a different one is an error.
  const different = [...form, ...marks.filter(([, , is]) => is !== null)].find(
    ([, want, is]) => want !== is,
  );
  return {
    other:
      different === undefined
        ? null
        : `the ${different[0]} ${different[1]} becomes ${different[2]}`,
    lost: marks.filter(([, , is]) => is === null).map(([what, want]) => `${what} ${want}`),
  };
}

/** Whether the packets that were read back have the frames' times, relative to the first one. */
function keepsTimes(plan: OutputPlan, packets: readonly Json[]): boolean {
  const times = packets.map((packet) => Number(textAt(packet, 'pts_time'))).sort((a, b) => a - b);
  const step = (ticksPerFrame(plan) * plan.timeBase.num) / plan.timeBase.den;
  return trialTimes.every((time, i) => Math.abs(times[i]! - times[0]! - time * step) < 0.0011);
}

/**
 * Encodes a trial and reads it back from the output's container. Returns the colour properties that
 * are lost. Throws a VsrError that says what else went wrong.
 */
async function check(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  await using folder = await temporaryFolder('encoder');
  const [video, held] = ['video.part', `held${plan.extension}`].map((name) =>
    path.join(folder.path, name),
  ) as [string, string];
  await encodeFrames(ffmpeg, plan, video, signal);
  // ffmpeg of 2018 writes an edit list that hides the last frame where times are uneven. The join
  // does not use the edit list either.
  const whole = intermediateMuxer(plan) === 'matroska' ? [] : ['-ignore_editlist', '1'];
  const input = ['-v', 'error', '-y', ...whole, '-i', fileUrl(video)];
  const copy = [...input, '-c', 'copy', ...colourFlags(plan.colour)];
  const { code, stderrTail } = await runProcess(
    ffmpeg.ffmpeg,
    [...copy, '-f', plan.container, fileUrl(held)],
    {
      signal,
    },
  );
  const { title, ticks } = containerOfMuxer(plan.container);
  if (code !== 0) throw new VsrError('media', `${title} does not take it: ${stderrTail.at(-1)}`);
  const show = ['-v', 'error', ...safeInputOptions, '-show_streams', '-show_packets'];
  const words = [...show, '-of', 'json', fileUrl(held)];
  const json = JSON.parse((await runProcess(ffmpeg.ffprobe, words, { signal })).stdout) as Json;
  const read = listAt(json, 'streams')[0];
  const packets = listAt(json, 'packets');
  if (read === undefined || packets.length !== trialTimes.length) {
    const count = `${packets.length} of ${trialTimes.length} frames`;
    throw new VsrError('media', `${title} gives back ${count}`);
  }
  const { other, lost } = compare(plan, read);
  if (other !== null) throw new VsrError('media', other);
  if (ticks !== 'frame' && !keepsTimes(plan, packets)) {
    throw new VsrError('media', 'frames do not keep their times');
  }
  return lost;
}

/** Everything that the result depends on, as a text: the key under which it is kept. */
function questionOf({ ffprobe }: Ffmpeg, plan: OutputPlan): string {
  const { encoderArgs, pixelFormat, carrier, container, timeBase, frameRate } = plan;
  const { frameLayout, codedWidth, codedHeight, reduces, colour, sampleAspect } = plan;
  const sizes = [frameLayout.format.name, frameLayout.width, frameLayout.height, reduces];
  const facts = [encoderArgs, pixelFormat, carrier, container, timeBase, frameRate, colour];
  const all = JSON.stringify([...facts, ...sizes, codedWidth, codedHeight, sampleAspect]);
  return `encoder check 1 ${all} ${ffprobe}`;
}

/** The beginnings of ffmpeg's lines: `[h264_nvenc @ 0x55d0] [error]`. */
const origins = /\[(?:[\w@ ]+ @ 0x[0-9a-f]+|error|fatal|warning|info)\] ?/g;

/**
 * The result of a trial: the colour properties that are lost, or why the encoder cannot be used.
 */
export type EncoderCheck =
  { readonly lost: readonly string[] } | { /** For the end of a sentence. */ readonly why: string };

/**
 * Tries the encoder of `plan` on a few frames. Their size, format, colour and uneven times must
 * come back unchanged from the output's container. Success is remembered for this ffmpeg, as its
 * capabilities are; after a failure the trial is made again the next time, because a driver may
 * have been installed. Throws `VsrError('interrupted')` once `signal` fires.
 */
export async function checkEncoder(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  signal?: AbortSignal,
): Promise<EncoderCheck> {
  let why = '';
  const { code, stdout } = await knownAnswer(ffmpeg.ffmpeg, questionOf(ffmpeg, plan), async () => {
    try {
      return { code: 0, stdout: JSON.stringify(await check(ffmpeg, plan, signal)) };
    } catch (error) {
      if (error instanceof VsrError && error.code === 'interrupted') throw error;
      // Only the first message of ffmpeg is the cause; the others follow from it.
      why = messageOf(error).replace(origins, '').split(' | ')[0]!.replace(/\.$/, '');
      return { code: 1, stdout: '' };
    }
  });
  return code === 0 ? { lost: JSON.parse(stdout) as string[] } : { why };
}
