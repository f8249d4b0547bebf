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

/** When the frames of a trial are shown, in frames: unevenly, as those of a clip may be. */
const trialTimes = [0, 1, 3] as const;

/** Milliseconds after which an encoder that does nothing is given up. */
const longestIdle = 10_000;

/** A few flat frames through the encoder of `plan`, to `file`. Throws as the encoder does. */
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
  const encoder = openEncoder(ffmpeg, plan, file, { signal, stallTimeoutMs: longestIdle });
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

/** ITU-R BT.601's matrix has two names, for its two numbers of lines. */
const oneMatrix = (name: string | null): string | null => (name === 'smpte170m' ? 'bt470bg' : name);

/** The marks of colour that a player cannot do without, as a plan or ffprobe names them. */
const marksOf = ({ range, matrix }: { range: string | null; matrix: string | null }) =>
  Object.entries({ range, matrix: oneMatrix(matrix) });

/** What of an output's stream, read back, is not as planned; and which marks are not there. */
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
  // A mark that is not there is a loss; another one is another picture.
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

/** Whether the packets read back are shown when the frames were, from the first one on. */
function keepsTimes(plan: OutputPlan, packets: readonly Json[]): boolean {
  const times = packets.map((packet) => Number(textAt(packet, 'pts_time'))).sort((a, b) => a - b);
  const step = (ticksPerFrame(plan) * plan.timeBase.num) / plan.timeBase.den;
  return trialTimes.every((time, i) => Math.abs(times[i]! - times[0]! - time * step) < 0.0011);
}

/**
 * Encodes a trial and reads it back from the output's container. Returns the marks that are lost;
 * throws what went wrong.
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
  // The edit list of ffmpeg of 2018 ends before the last of uneven frames; joining reads none.
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

/** All that an answer depends on, besides the programs. */
function questionOf({ ffprobe }: Ffmpeg, plan: OutputPlan): string {
  const { encoderArgs, pixelFormat, carrier, container, timeBase, frameRate } = plan;
  const { frameLayout, codedWidth, codedHeight, reduces, colour, sampleAspect } = plan;
  const sizes = [frameLayout.format.name, frameLayout.width, frameLayout.height, reduces];
  const facts = [encoderArgs, pixelFormat, carrier, container, timeBase, frameRate, colour];
  const all = JSON.stringify([...facts, ...sizes, codedWidth, codedHeight, sampleAspect]);
  return `encoder check 1 ${all} ${ffprobe}`;
}

/** ffmpeg's marks of where a line comes from: `[h264_nvenc @ 0x55d0] [error]`. */
const origins = /\[(?:[\w@ ]+ @ 0x[0-9a-f]+|error|fatal|warning|info)\] ?/g;

/** What a trial came to: the marks of colour that are lost, or why there is no such output. */
export type EncoderCheck =
  { readonly lost: readonly string[] } | { /** For the end of a sentence. */ readonly why: string };

/**
 * Tries the encoder of `plan` on a few frames: the larger picture's size, format, colour and uneven
 * times must come back from the output's container. That they do is kept as the answers are that an
 * ffmpeg gives of itself; that they do not is asked anew each time, since a driver may have come.
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
      // What ffmpeg says after its first complaint follows from it.
      why = messageOf(error).replace(origins, '').split(' | ')[0]!.replace(/\.$/, '');
      return { code: 1, stdout: '' };
    }
  });
  return code === 0 ? { lost: JSON.parse(stdout) as string[] } : { why };
}
