import { access, constants, stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { containerFor } from '../media/default-container.js';
import type { Ffmpeg } from '../media/ffmpeg.js';
import { planOutput, type Announcement, type OutputPlan } from '../media/output-plan.js';
import { probe } from '../media/probe.js';
import type { Source } from '../media/source.js';
import { chooseChain, type Chain } from '../model/chain.js';
import { hashOf, identifySource, type SourceIdentity } from './identity.js';
import type { Input } from './inputs.js';
import { bitsPerPixel, isStronglyCompressed } from './model-choice.js';
import { outputName, outputPaths, type OutputPaths } from './names.js';
import type { UpscaleOptions } from './options.js';
import type { TickRange } from './segment-plan.js';
import { rawVideoOf } from './raw-video.js';
import { targetSize, type Size } from './target-size.js';

/** Everything that is decided about a clip before its first frame is decoded. */
export type JobPlan = {
  readonly kind: 'clip';
  readonly input: string;
  readonly paths: OutputPaths;
  readonly source: Source;
  readonly identity: SourceIdentity;
  readonly chain: Chain;
  /** Size of the frames that the network gives. */
  readonly enlarged: Size;
  /** Size of the pictures in the output, after `to`'s reduction but before padding. */
  readonly size: Size;
  readonly outputPlan: OutputPlan;
  /** The wanted part of the clip, in ticks of the source's time base. */
  readonly range: TickRange;
  /** What will differ from the source, said before the start. */
  readonly announcements: readonly Announcement[];
  /** Bytes that the output and the work folder may need together; an estimate. */
  readonly estimatedBytes: number;
  /** What decides the result, besides source and models: kept in the sidecar. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** One hash over source, models and settings: equal jobs have equal hashes. */
  readonly job: string;
  readonly options: UpscaleOptions;
};

/** Where the output of an input goes: the named file, or a name made from the input's. */
export async function outputFor(
  input: Input,
  options: UpscaleOptions,
  scale: string,
  extension: string,
): Promise<string> {
  const wish = options.output;
  if (wish === undefined) return outputName(input.path, scale, extension);
  const full = path.resolve(wish);
  const isFolder =
    /[/\\]$/.test(wish) ||
    (await stat(full).then(
      (s) => s.isDirectory(),
      () => false,
    ));
  if (isFolder) return outputName(input.path, scale, extension, path.join(full, input.below));
  return full;
}

/** Throws VsrError for an output that is the input, a folder, or lies where nothing can be written. */
export async function checkOutputPlace(output: string, input: string): Promise<void> {
  const existing = await stat(output).catch(() => undefined);
  const source = await stat(input);
  if (output === input || (existing?.ino === source.ino && existing.dev === source.dev)) {
    throw new VsrError(
      'option',
      `The output ${output} is the input itself. Choose another name with -o.`,
    );
  }
  if (existing?.isDirectory() === true) {
    throw new VsrError('media', `Expected a file to write but ${output} is a folder.`);
  }
  // Missing folders are made when the job starts: the nearest existing one must be writable.
  let folder = path.dirname(output);
  while (
    (await stat(folder).catch(() => undefined)) === undefined &&
    folder !== path.dirname(folder)
  ) {
    folder = path.dirname(folder);
  }
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new VsrError('disk', `Cannot write to the folder ${folder}. Choose another with -o.`, {
      cause,
    });
  });
}

/** Ticks of the frames between `start` and `end` seconds after the clip's beginning. */
function tickRange(source: Source, options: UpscaleOptions): TickRange {
  const { num, den } = source.video.timeBase;
  const ticks = (seconds: number): number =>
    Math.ceil(((source.startTime + seconds) * den) / num - 1e-6);
  return {
    ...(options.start === undefined ? {} : { from: ticks(options.start) }),
    ...(options.end === undefined ? {} : { to: ticks(options.end) }),
  };
}

/** The scale, and the size that `to` asks for if it does. */
async function chooseScale(
  source: Source,
  options: UpscaleOptions,
  codec: boolean,
): Promise<{ chain: Chain; size: Size | null }> {
  const model = options.model ?? 'default';
  if (options.to === undefined) {
    return { chain: await chooseChain(options.scale ?? 2, model, { codec }), size: null };
  }
  const size = targetSize(options.to, source.video);
  let failure: unknown;
  for (let scale = 2; scale <= 16; scale++) {
    if (scale * source.video.width < size.width || scale * source.video.height < size.height)
      continue;
    try {
      return { chain: await chooseChain(scale, model, { codec }), size };
    } catch (error) {
      failure ??= error;
    }
  }
  throw (
    failure ??
    new VsrError(
      'option',
      `No chain of models reaches ${options.to} from ${source.video.width}x${source.video.height}: at most 16 times larger.`,
    )
  );
}

/**
 * Bytes the job may need: about 0.15 bit a pixel in the enlarged video, twice (segments and the
 * joined file lie side by side for a moment), and what is copied from the source.
 */
function estimateBytes(source: Source, size: Size, options: UpscaleOptions): number {
  const { frameRate, frameCount, duration } = source.video;
  const rate = frameRate === null ? 25 : frameRate.num / frameRate.den;
  const seconds = duration ?? source.duration ?? 0;
  const frames = Math.min(options.frames ?? Infinity, frameCount ?? seconds * rate);
  const bitsPerSample = options.codec === 'ffv1' || options.codec === 'prores' ? 6 : 0.15;
  return Math.round((2 * frames * size.width * size.height * bitsPerSample) / 8 + source.sizeBytes);
}

async function freeBytes(folder: string): Promise<number | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    const stats = await statfs(place).catch(() => undefined);
    if (stats !== undefined) return stats.bavail * stats.bsize;
    if (place === path.dirname(place)) return null;
  }
}

/** `1.5 GB` of a number of bytes. */
export function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/**
 * Looks at a clip and decides everything about its enlargement; writes nothing.
 *
 * Throws VsrError: `option` for what can be refused by name, `media` and `model` for a clip or a
 * network that cannot be used, `disk` for an output folder that cannot be written or holds too little.
 */
export async function planJob(
  ffmpeg: Ffmpeg,
  input: Input,
  options: UpscaleOptions,
): Promise<JobPlan> {
  const raw = rawVideoOf(input.path, options);
  const source = await probe(ffmpeg, input.path, {
    ...(raw === null ? {} : { raw }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const codec = isStronglyCompressed(source);
  const { chain, size: wanted } = await chooseScale(source, options, codec);
  const enlarged = {
    width: source.video.width * chain.scale,
    height: source.video.height * chain.scale,
  };
  const size = wanted ?? enlarged;
  const label = options.to ?? String(chain.scale);
  const fallback = containerFor(source, options.codec ?? 'auto');
  const output = await outputFor(input, options, label, fallback.extension);
  await checkOutputPlace(output, input.path);
  const outputPlan = await planOutput(ffmpeg, source, {
    output,
    codec: options.codec ?? 'auto',
    ...(options.crf === undefined ? {} : { crf: options.crf }),
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(options.pixelFormat === undefined ? {} : { pixelFormat: options.pixelFormat }),
    ...(options.ffmpegArgs === undefined ? {} : { ffmpegArgs: [...options.ffmpegArgs] }),
    width: enlarged.width,
    height: enlarged.height,
    ...(wanted === null ? {} : { reduceTo: wanted }),
    ...(options.start === undefined && options.end === undefined && options.frames === undefined
      ? {}
      : {
          trim: {
            ...(options.start === undefined ? {} : { from: source.startTime + options.start }),
            ...(options.end === undefined ? {} : { to: source.startTime + options.end }),
            ...(options.frames === undefined ? {} : { frames: options.frames }),
          },
        }),
  });
  const named = path.extname(options.output ?? '') !== '';
  const announcements: Announcement[] = [
    ...(fallback.note === null || named ? [] : [fallback.note]),
    ...outputPlan.announcements,
  ];
  if (source.video.interlaced !== 'no' && options.deinterlace !== true) {
    announcements.push({
      kind: 'note',
      what: `interlaced source (${source.video.interlaced})`,
      why: 'its two fields are enlarged as one picture',
      advice: 'Deinterlace it with --deinterlace.',
    });
  }
  if (codec && options.model === undefined && chain.names.some((name) => name.includes('codec'))) {
    const bits = bitsPerPixel(source);
    announcements.push({
      kind: 'note',
      what: `model ${chain.names.join(' + ')}`,
      why: `the source is compressed (${bits === null ? 'bit rate unknown' : `${bits.toFixed(2)} bits a pixel`})`,
      advice: 'Choose another with --model.',
    });
  }
  const estimatedBytes = estimateBytes(source, size, options);
  const free = await freeBytes(path.dirname(output));
  if (free !== null && free < source.sizeBytes) {
    throw new VsrError(
      'disk',
      `${showBytes(free)} are free in ${path.dirname(output)}, less than the source itself takes (${showBytes(source.sizeBytes)}). Free some space, or choose another folder with -o.`,
    );
  }
  if (free !== null && free < estimatedBytes) {
    announcements.push({
      kind: 'note',
      what: 'disk space',
      why: `about ${showBytes(estimatedBytes)} may be needed and ${showBytes(free)} are free`,
    });
  }
  const identity = await identifySource(input.path);
  const settings: Record<string, unknown> = {
    scale: chain.scale,
    to: options.to ?? null,
    encoder: outputPlan.encoder,
    encoderArgs: outputPlan.encoderArgs,
    pixelFormat: outputPlan.pixelFormat,
    container: outputPlan.container,
    start: options.start ?? null,
    end: options.end ?? null,
    frames: options.frames ?? null,
    deinterlace: options.deinterlace ?? false,
    precision: options.precision ?? 'auto',
    raw: source.raw,
    allowTruncated: options.allowTruncated ?? false,
  };
  const reference =
    options.reference === undefined ? null : await identifyReference(options.reference);
  return {
    kind: 'clip',
    input: input.path,
    paths: outputPaths(output, options.log),
    source,
    identity,
    chain,
    enlarged,
    size,
    outputPlan,
    range: tickRange(source, options),
    announcements,
    estimatedBytes,
    settings,
    job: hashOf({
      identity,
      models: chain.sha256s,
      settings,
      reference,
      log: options.log !== false,
    }),
    options,
  };
}

async function identifyReference(file: string): Promise<SourceIdentity> {
  return identifySource(file).catch((cause: unknown) => {
    throw new VsrError('media', `Cannot read the reference ${file}. Does it exist?`, { cause });
  });
}

/** Inference threads when the caller names no number: one a core. */
export function defaultWorkers(): number {
  return os.availableParallelism();
}
