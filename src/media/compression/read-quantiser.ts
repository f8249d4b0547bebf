import { buildArguments, type CommandInput } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Source } from '../source/source.js';
import { QuantiserSteps, quantiserSource } from './quantiser-steps.js';

/** Pictures whose headers are read at each place of a clip. */
const picturesEach = 24;

/** The places of a long clip, as shares of its length: the beginning alone is often black. */
const places = [0, 1 / 3, 2 / 3];

/** Seconds from which on a clip is long. */
const long = 10;

/**
 * The mean quantiser step of a clip, in grey levels, from the headers of some of its pictures;
 * `null` where ffmpeg does not tell it for this codec. Stops once `signal` fires.
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
    // Decoders print it only at the log level `debug`.
    options: ['-loglevel', by === 'decoder' ? 'debug' : 'info', '-nostats'],
    ...{ inputs, outputs },
  });
  const child = startProcess(ffmpeg.ffmpeg, args, {
    signal,
    stallTimeoutMs: patienceMs,
    onStderrLine: (line) => steps.line(line),
  });
  child.stdout.resume();
  // If it fails half-way, the lines it printed until then count.
  await child.done.catch(() => undefined);
  return steps.mean;
}

/** Milliseconds without progress after which ffmpeg is stopped. */
const patienceMs = 20_000;
