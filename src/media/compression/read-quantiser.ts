import { buildArguments, type CommandInput } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Source } from '../source/source.js';
import { QuantiserSteps, quantiserSource } from './quantiser-steps.js';

/** Pictures looked at from each place of a clip. */
const picturesEach = 24;

/** Shares of the length at which long clips are looked at: beginnings are often black. */
const places = [0, 1 / 3, 2 / 3];

/** Seconds from which a clip is long. */
const long = 10;

/**
 * The mean quantiser step of a clip, in grey levels, by a look at some of its pictures' headers;
 * `null` where this ffmpeg does not tell it of this codec. Stops once `signal` fires.
 */
export async function meanQuantiserStep(
  ffmpeg: Ffmpeg,
  { path, video, raw, duration }: Source,
  signal?: AbortSignal,
): Promise<number | null> {
  const by = quantiserSource(video.codec);
  if (by === null || raw !== null) return null;
  const length = duration ?? 0;
  const starts = length < long ? [0] : places.map((share) => share * length);
  const inputs = starts.map((start): CommandInput => {
    const seek = start === 0 ? [] : ['-ss', start.toFixed(3)];
    return { path, options: [...(by === 'decoder' ? ['-debug', 'pict'] : []), ...seek] };
  });
  const seen = by === 'headers' ? ['-c', 'copy', '-bsf:v', 'trace_headers'] : ['-an'];
  const outputs = starts.map((_, i) => {
    const options = ['-map', `${i}:${video.index}`, ...seen, '-frames:v', `${picturesEach}`];
    return { path: '-', format: 'null', options };
  });
  const steps = new QuantiserSteps();
  const args = buildArguments({
    // A decoder says it at the level of debugging only.
    options: ['-loglevel', by === 'decoder' ? 'debug' : 'info', '-nostats'],
    ...{ inputs, outputs },
  });
  const child = startProcess(ffmpeg.ffmpeg, args, {
    signal,
    stallTimeoutMs: patienceMs,
    onStderrLine: (line) => steps.line(line),
  });
  child.stdout.resume();
  // One that fails half-way has told what it could.
  await child.done.catch(() => undefined);
  return steps.mean;
}

/** Milliseconds without any work after which the look is given up. */
const patienceMs = 20_000;
