import path from 'node:path';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { knownAnswer } from '../program/binary-answers.js';
import { buildArguments, fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess, startProcess, throwIfAborted } from '../program/process.js';
import type { Json } from '../source/probe-stream.js';
import { listAt, textAt } from '../source/probe-stream.js';
import type { Source, StreamInfo } from '../source/source.js';
import type { Container } from '../formats/containers.js';

/**
 * Tells whether `container` takes `stream` so that it can be read again: copied where `encoder` is
 * `null`, otherwise encoded by that encoder.
 */
export type Takes = (
  container: Container,
  stream: StreamInfo,
  encoder: string | null,
) => Promise<boolean>;

/** How many seconds of the source a trial reads, and how many packets it writes, at most. */
const [trialSeconds, trialPackets] = [10, 8];

/** Options of the muxer that allow what ffmpeg still calls experimental. */
export const muxerLeave: readonly string[] = ['-strict', 'experimental'];

/**
 * A codec tag for DVD subtitles in MP4, for an ffmpeg that refuses the tag of the source. It is the
 * tag of no known codec.
 */
export const dvdSubtitleTag = 'VOBS';

/** What ffmpeg says where a muxer refuses the codec tag of a stream. */
export const wrongTagWords = /Tag \S+ incompatible with output codec/;

type Trial = {
  readonly ffmpeg: Ffmpeg;
  readonly source: Source;
  readonly container: Container;
  readonly stream: StreamInfo;
  readonly encoder: string | null;
  readonly signal: AbortSignal | undefined;
};

/**
 * Writes the first packets of the trial's stream to `file`. Returns ffmpeg's messages if it failed;
 * `null` if it succeeded.
 */
async function writeTrial(
  { ffmpeg, source, container, stream, encoder, signal }: Trial,
  file: string,
  tag: readonly string[],
): Promise<readonly string[] | null> {
  const args = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: source.path, options: ['-t', String(trialSeconds)] }],
    outputs: [
      {
        path: file,
        format: container.muxer,
        options: [
          ...['-map', `0:${stream.index}`, '-c', encoder ?? 'copy', ...tag, ...muxerLeave],
          // A file with attachments but no track cannot be read again.
          ...(stream.kind === 'attachment' ? ['-map', `0:${source.video.index}`] : []),
          ...['-frames:0', String(trialPackets)],
        ],
      },
    ],
  });
  const { code, stderrTail } = await runProcess(ffmpeg.ffmpeg, args, { signal });
  throwIfAborted(signal);
  return code === 0 ? null : stderrTail;
}

/** What ffprobe says about the stream in a trial's file; `null` where it finds none. */
async function readTrial({ ffmpeg, stream, signal }: Trial, file: string): Promise<Json | null> {
  const args = ['-v', 'error', ...safeInputOptions, '-count_packets', '-show_streams'];
  const words = [...args, '-of', 'json', fileUrl(file)];
  const { stdout } = await runProcess(ffmpeg.ffprobe, words, { signal });
  throwIfAborted(signal);
  try {
    const streams = listAt(JSON.parse(stdout) as Json, 'streams');
    return streams.find((each) => each['codec_type'] === stream.kind) ?? streams[0] ?? null;
  } catch {
    return null;
  }
}

/** The samples of a stream's first frames, decoded to 16 bit. */
async function samplesOf(
  { ffmpeg, signal }: Trial,
  file: string,
  index: number,
  frames: number,
): Promise<Buffer> {
  const args = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: file, options: ['-t', String(trialSeconds)] }],
    outputs: [
      {
        path: 'pipe:1',
        format: 's16le',
        options: ['-map', `0:${index}`, '-frames:0', String(frames)],
      },
    ],
  });
  const child = startProcess(ffmpeg.ffmpeg, args, { signal });
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part as Buffer);
  await child.done;
  throwIfAborted(signal);
  return Buffer.concat(parts);
}

/**
 * Whether the sound in a trial's file is that of the source. The middle of it must occur in the
 * source's decoded sound; the middle, because containers differ in what they leave out at the
 * start. Sound that cannot be decoded in the source either has lost nothing.
 */
async function soundsAlike(trial: Trial, file: string): Promise<boolean> {
  const [before, after] = await Promise.all([
    samplesOf(trial, trial.source.path, trial.stream.index, 2 * trialPackets),
    samplesOf(trial, file, 0, trialPackets),
  ]);
  if (before.length === 0) return true;
  const from = Math.floor(after.length * 0.4);
  const middle = after.subarray(from, Math.ceil(after.length * 0.6));
  return middle.length > 0 && before.includes(middle);
}

/** Audio codec tags that only ffmpeg uses and no other player knows. */
const ownTags = /^(?:FS|msSF)/;

/** Whether the stream that was read back is the one that was written. */
function isSame(stream: StreamInfo, encoder: string | null, read: Json): boolean {
  if (textAt(read, 'codec_type') !== stream.kind) return false;
  const codec = textAt(read, 'codec_name') ?? 'unknown';
  if (encoder !== null) return codec === encoder;
  if (codec !== stream.codec) return false;
  const tag = textAt(read, 'codec_tag_string') ?? '';
  return stream.kind === 'data' ? tag === stream.codecTag : !ownTags.test(tag);
}

/** What ffmpeg says where a muxer refuses a kind of stream. */
const refusalWords = /Could not write header|not currently supported in container|Unknown encoder/;

/** How a trial ended; `empty` and `failed` depend on the packets, not on the kind of stream. */
type TrialOutcome = 'yes' | 'no' | 'empty' | 'failed';

/** Makes one trial: writes the stream, reads it back and, if it is sound, decodes it. */
async function outcomeOf(trial: Trial): Promise<TrialOutcome> {
  const { container, stream, encoder } = trial;
  await using folder = await temporaryFolder('trial');
  const file = path.join(folder.path, `trial${container.extensions[0]}`);
  let said = await writeTrial(trial, file, []);
  if (said?.some((line) => wrongTagWords.test(line)) && stream.codec === 'dvd_subtitle') {
    said = await writeTrial(trial, file, ['-tag:0', dvdSubtitleTag]);
  }
  if (said !== null) return said.some((line) => refusalWords.test(line)) ? 'no' : 'failed';
  const read = await readTrial(trial, file);
  if (read === null) return 'failed';
  if (!isSame(stream, encoder, read)) return 'no';
  if (Number(read['nb_read_packets'] ?? 0) === 0) return 'empty';
  if (stream.kind !== 'audio') return 'yes';
  return (await soundsAlike(trial, file)) ? 'yes' : 'failed';
}

/** Everything that the result depends on, as a text: the key under which it is kept. */
function questionOf({ ffmpeg, source, container, stream, encoder }: Trial): string {
  const { kind, codec, codecTag, profile, sampleRate, channels, sampleFormat, sampleBits } = stream;
  const facts = [source.container, kind, codec, codecTag, profile, sampleRate, channels];
  const words = [...facts, sampleFormat, sampleBits, stream.tags['mimetype']];
  return `trial 1 ${container.muxer} ${encoder ?? 'copy'} ${JSON.stringify(words)} ${ffmpeg.ffprobe}`;
}

/**
 * Finds out by trials what containers take. The ffmpeg that will write the output writes the first
 * packets of a stream; they are read back and, if they are sound, decoded. Results are remembered
 * for this ffmpeg and all streams of the same kind, as its capabilities are; those that depend on
 * the packets, only for this job.
 */
export function muxerTrials(ffmpeg: Ffmpeg, source: Source, signal?: AbortSignal): Takes {
  const asked = new Map<string, Promise<boolean>>();
  return (container, stream, encoder) => {
    const trial = { ffmpeg, source, container, stream, encoder, signal };
    const key = `${container.muxer} ${stream.index} ${encoder}`;
    let answer = asked.get(key);
    if (answer === undefined) {
      answer = knownAnswer(ffmpeg.ffmpeg, questionOf(trial), async () => {
        const outcome = await outcomeOf(trial);
        return { code: outcome === 'yes' || outcome === 'no' ? 0 : 1, stdout: outcome };
      }).then(({ stdout }) => stdout === 'yes' || stdout === 'empty');
      asked.set(key, answer);
    }
    return answer;
  };
}
