import { readFile } from 'node:fs/promises';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import {
  decodedFrames,
  fileFacts,
  type FileFacts,
  type ProbedFrame,
  type ProbedStream,
} from './file-facts.js';

/** The checks of a sweep, as the table names them. */
export const checkNames = ['size', 'frames', 'times', 'sound', 'colour', 'streams', 'log'] as const;

/** What each check found: the difference in words, or an empty text where there is none. */
export type Checks = Readonly<Record<(typeof checkNames)[number], string>>;

/** A finished enlargement, and how its source was read. */
export type CheckedJob = {
  readonly ffprobe: string;
  readonly sidecar: Sidecar;
  readonly scale: number;
  /** Frames asked for; `Infinity` for the whole clip: only then are lengths of sound compared. */
  readonly frames: number;
  /** Options before the source's name, for headerless video. */
  readonly input: readonly string[];
};

const isVideo = (stream: ProbedStream): boolean =>
  stream.codec_type === 'video' && stream.disposition?.['attached_pic'] !== 1;

function enlargedStream(facts: FileFacts, width: number): ProbedStream | undefined {
  const videos = facts.streams.filter(isVideo);
  return videos.find((stream) => stream.width === width) ?? videos[0];
}

/** Seconds of one tick. */
function tickOf(stream: ProbedStream | undefined): number {
  const [num, den] = (stream?.time_base ?? '1/1000').split('/').map(Number);
  return num! / den!;
}

/** Packet times of a stream in seconds, sorted; with `hidden`, those hidden by an edit list too. */
function packetTimes(facts: FileFacts, index: number, hidden = false): number[] {
  const times: number[] = [];
  for (const packet of facts.packets) {
    if (packet.stream_index !== index) continue;
    if (!hidden && packet.flags?.includes('D') === true) continue;
    // AVI states no presentation times: a packet's place in the stream is its time.
    const time = packet.pts_time ?? packet.dts_time;
    if (time !== undefined) times.push(Number(time));
  }
  return times.sort((a, b) => a - b);
}

/** Seconds by which two times may differ by rounding: ffprobe prints six decimals. */
const PRINTED = 2e-6;

function compareTimes(source: readonly ProbedFrame[], output: readonly number[], tick: number) {
  const times = source.map((frame) => Number(frame.best_effort_timestamp_time ?? NaN));
  // Where the source lacks times, or some do not rise, vsr assigns new ones: nothing to compare.
  if (times.some((time, i) => Number.isNaN(time) || (i > 0 && time <= times[i - 1]!))) return '';
  let worst = 0;
  let at = 0;
  for (let i = 0; i < Math.min(times.length, output.length); i++) {
    const error = Math.abs(times[i]! - times[0]! - (output[i]! - output[0]!));
    if (error > worst) [worst, at] = [error, i];
  }
  const late = output.findIndex((time, i) => i > 0 && time <= output[i - 1]!);
  if (late > 0) return `frame ${late} is not later than the one before`;
  return worst <= tick + PRINTED ? '' : `frame ${at} is ${(worst * 1000).toFixed(2)} ms off`;
}

/** Whether `part` is a contiguous part of `whole`. */
function isRunOf(part: readonly string[], whole: readonly string[]): boolean {
  if (part.length === 0) return true;
  for (let start = 0; start + part.length <= whole.length; start++) {
    if (part.every((hash, i) => whole[start + i] === hash)) return true;
  }
  return false;
}

/** Pairs of streams that should be the same in both files, and the differences in words. */
function pairUp(source: FileFacts, output: FileFacts, sidecar: Sidecar, enlarged: number) {
  const missing = new Set(
    sidecar.missing.flatMap((each) =>
      each.kind === 'missing' && each.streamIndex !== undefined ? [each.streamIndex] : [],
    ),
  );
  // A note on the enlarged stream is about its metadata: the stream itself is there.
  const kept = source.streams.filter((s) => s.index === enlarged || !missing.has(s.index));
  const words: string[] = [];
  if (output.streams.length < kept.length) {
    words.push(`${kept.length} streams expected, ${output.streams.length} there`);
  }
  const pairs = kept.flatMap((from, i) => {
    const to = output.streams[i];
    return to === undefined ? [] : [{ from, to }];
  });
  for (const { from, to } of pairs) {
    // Cover art may become an attachment, which ffprobe then shows as the picture it is.
    if (from.codec_type !== to.codec_type) {
      words.push(`stream ${from.index} ${from.codec_type} became ${to.codec_type}`);
    }
    for (const tag of ['language', 'title']) {
      const [a, b] = [from.tags?.[tag], to.tags?.[tag]];
      if (a !== undefined && a !== 'und' && a !== b) {
        words.push(`stream ${from.index} ${tag} ${a} became ${b}`);
      }
    }
  }
  const [a, b] = [source.chapters.length, output.chapters.length];
  const chaptersSaid = sidecar.missing.some((each) => /chapter/i.test(each.what));
  if (a !== b && !chaptersSaid) words.push(`${a} chapters became ${b}`);
  return { pairs, words };
}

function compareSound(
  source: FileFacts,
  output: FileFacts,
  pairs: readonly { readonly from: ProbedStream; readonly to: ProbedStream }[],
  {
    shift,
    whole,
    converted,
  }: {
    readonly shift: number;
    readonly whole: boolean;
    readonly converted: ReadonlySet<number>;
  },
): string {
  const words: string[] = [];
  for (const { from, to } of pairs) {
    if (from.codec_type !== 'audio' || converted.has(from.index)) continue;
    const hashes = (facts: FileFacts, index: number): string[] =>
      facts.packets.filter((p) => p.stream_index === index).map((p) => p.data_hash ?? '');
    const [a, b] = [hashes(source, from.index), hashes(output, to.index)];
    const equal = whole ? a.length === b.length && isRunOf(b, a) : isRunOf(b, a);
    // Each container cuts PCM into packets in its own way; its times are still compared.
    const pcm = String(from.codec_name).startsWith('pcm');
    if (!equal && !pcm) {
      words.push(`stream ${from.index}: ${a.length} packets became ${b.length}, or others`);
    }
    if (!whole || a.length === 0 || b.length === 0) continue;
    const late =
      packetTimes(output, to.index, true)[0]! - packetTimes(source, from.index, true)[0]! - shift;
    if (Math.abs(late) > 1.5 * Math.max(tickOf(to), tickOf(from)) + 0.0011) {
      words.push(`stream ${from.index} is ${(late * 1000).toFixed(2)} ms late`);
    }
  }
  return words.join('; ');
}

const colourKeys = [
  ...(['color_range', 'color_space', 'color_primaries', 'color_transfer'] as const),
  'chroma_location' as const,
];

/** Values by which ffprobe says that a colour property is not stated. */
const silent = new Set(['unknown', 'unspecified', undefined]);

function compareColour(source: ProbedFrame, output: ProbedFrame, rgb: boolean): string {
  const words: string[] = [];
  for (const key of colourKeys) {
    let a = source[key];
    const b = output[key];
    // RGB becomes BT.709 studio range, and has no chroma location.
    if (rgb) {
      a = { color_range: 'tv', color_space: 'bt709' }[key as string] ?? a;
      if (key === 'chroma_location') continue;
    }
    if (silent.has(a) && (silent.has(b) || b === 'left' || b === 'tv' || rgb)) continue;
    // Codecs state it only for 4:2:0.
    if (key === 'chroma_location' && !/420/.test(output.pix_fmt ?? '')) continue;
    // A stream that states no range has studio range.
    if (key === 'color_range' && a === 'tv' && silent.has(b)) continue;
    if (a !== b) words.push(`${key} ${a} became ${b}`);
  }
  return words.join('; ');
}

async function checkLog(log: string, frames: number): Promise<string> {
  const rows = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(1);
  if (rows.length !== frames) return `${rows.length} rows for ${frames} frames`;
  const wrong = rows.findIndex((row, i) => !row.startsWith(`${i},`));
  return wrong < 0 ? '' : `row ${wrong} is ${rows[wrong]!.slice(0, 40)}`;
}

/**
 * Compares a finished output with its source as ffprobe reads both, without code of vsr. Throws
 * where ffprobe cannot open one of them or finds no video.
 */
export async function checkOutput(job: CheckedJob): Promise<Checks> {
  const { ffprobe, sidecar, scale, input } = job;
  const whole = job.frames === Infinity;
  const source = await fileFacts(ffprobe, sidecar.source.path, input);
  const output = await fileFacts(ffprobe, sidecar.output.path);
  if (source === null || output === null)
    throw new Error('ffprobe opens only one of the two files');
  const from = enlargedStream(source, sidecar.source.width);
  const to = enlargedStream(output, sidecar.output.width);
  if (from === undefined || to === undefined) throw new Error('no video to compare');
  const frames = await decodedFrames(ffprobe, sidecar.source.path, from.index, job.frames, input);
  const [first] = await decodedFrames(ffprobe, sidecar.output.path, to.index, 1);
  const times = packetTimes(output, to.index);
  const { pairs, words } = pairUp(source, output, sidecar, from.index);
  /** Degrees; 0 for a display matrix of zeros, for which ffprobe prints a meaningless number. */
  const rotationOf = (stream: ProbedStream): number => {
    const turn = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
    return Math.abs(turn) > 360 ? 0 : turn;
  };
  for (const key of ['rotation', 'sample_aspect_ratio'] as const) {
    const of = (stream: ProbedStream): string =>
      key === 'rotation'
        ? String(rotationOf(stream))
        : (stream.sample_aspect_ratio ?? '1:1').replace('0:1', '1:1');
    if (of(from) !== of(to)) words.push(`${key} ${of(from)} became ${of(to)}`);
  }
  const converted = new Set(
    sidecar.missing.flatMap((m) => (m.kind === 'converted' ? [m.streamIndex ?? -1] : [])),
  );
  const width = frames[0]?.width ?? 0;
  const height = frames[0]?.height ?? 0;
  const pad = (coded: number | undefined, size: number): boolean =>
    coded !== size && coded !== size + (size % 2);
  const shift = (times[0] ?? 0) - Number(frames[0]?.best_effort_timestamp_time ?? 0);
  return {
    size:
      pad(to.width, width * scale) || pad(to.height, height * scale)
        ? `${width}x${height} became ${to.width}x${to.height}`
        : '',
    frames: times.length === frames.length ? '' : `${frames.length} became ${times.length}`,
    times: compareTimes(frames, times, tickOf(to) + tickOf(from) / 2),
    sound: compareSound(source, output, pairs, { shift, whole, converted }),
    colour: compareColour(
      frames[0] ?? {},
      first ?? {},
      /rgb|bgr|gbr|pal8/.test(frames[0]?.pix_fmt ?? '') ||
        /^(argb|abgr)/.test(frames[0]?.pix_fmt ?? ''),
    ),
    streams: words.join('; '),
    log: await checkLog(`${sidecar.output.path}.psnr.csv`, sidecar.output.frames),
  };
}
