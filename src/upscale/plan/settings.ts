import { isScale } from '../../planes/enlarged.js';
import type { Ratio } from '../../planes/ratio.js';
import path from 'node:path';
import type { ChromaKernel } from '../../enlarge/chroma/chroma-kernels.js';
import { badValue } from '../../errors.js';
import { checkCrf } from '../../media/formats/encoder-limits.js';
import { codecMeant } from '../../media/formats/codec-spellings.js';
import { isKnownCodec, whyRefused } from '../../media/formats/encoders.js';
import { encoderChoices, type EncoderChoice } from '../../media/formats/hardware.js';
import { sentenceStart } from '../../media/program/disk-words.js';
import { checkTracks } from '../../media/tracks/track-choice.js';
import type { Strength } from '../../media/compression/strength.js';
import { defaultStallMs } from '../../media/program/process.js';
import type { RawVideoInput } from '../../media/source/source.js';
import { checkFootage, type FootageSettings } from '../footage/footage-settings.js';
import type { AskedSettings, Configured } from '../../metrics/sidecar-settings.js';
import { qualities, type Quality } from '../../model/catalogue/quality.js';
import { precisionNames, type PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { checkProgramWords } from '../programs/run-program.js';
import { checkTemplate } from './names.js';
import {
  chromaKernels,
  codecNames,
  providerNames,
  steadyNames,
  type CodecName,
  type SteadyChoice,
  type UpscaleOptions,
} from './options.js';
import { parseRate, rawVideoOf } from './raw-video.js';

/**
 * The options of an enlargement, checked, with every default filled in. `checkOptions` makes them
 * once, and no later code looks at options. `null` leaves a choice until the source is known.
 */
export type Settings = {
  /** Enlargement each way, unless `to` names a size to reach. */
  readonly scale: number;
  readonly to: string | null;
  /** Output file or folder, as the user wrote it. */
  readonly output: string | null;
  /** A template for names of outputs. */
  readonly name: string | null;
  readonly model: string | null;
  /** `null` where none was asked for. */
  readonly quality: Quality | null;
  readonly strength: Strength | 'auto';
  readonly provider: ProviderChoice;
  readonly precision: PrecisionChoice;
  readonly chroma: ChromaKernel;
  /** Inference threads; `null` for as many as the machine has and the clip is worth. */
  readonly workers: number | null;
  readonly codec: CodecName;
  readonly encoder: EncoderChoice;
  readonly crf: number | null;
  /** Mean bits per second of the video, in place of a constant quality. */
  readonly bitrate: number | null;
  /** Bytes that a finished output may have, in place of a constant quality. */
  readonly sizeLimit: number | null;
  readonly preset: string | null;
  readonly pixelFormat: string | null;
  readonly ffmpegArgs: readonly string[];
  /** Which tracks are kept: `all`, `none`, or languages and stream numbers, separated by commas. */
  readonly audio: string;
  readonly subs: string;
  /** Seconds from the clip's beginning; `null` for its beginning. */
  readonly start: number | null;
  /** Seconds from the clip's beginning; `null` for its end. */
  readonly end: number | null;
  /** How many frames are enlarged at most; `Infinity` for all. */
  readonly frames: number;
  /** What is done with old footage before it is enlarged. */
  readonly footage: FootageSettings;
  readonly steady: SteadyChoice;
  /** Absolute path of the picture that says where the network acts; `null` for everywhere. */
  readonly mask: string | null;
  /** Absolute path of the ground truth. */
  readonly reference: string | null;
  /** The per-frame log's file; `false` for none, `null` for the usual place. */
  readonly log: string | false | null;
  /** Clips at once. */
  readonly jobs: number;
  readonly overwrite: boolean;
  readonly recursive: boolean;
  /** Take what can be read of a damaged source. */
  readonly allowDamaged: boolean;
  /** Whether long clips are cut into segments. */
  readonly segments: boolean;
  /** Seconds that a segment lasts at least; `null` for what suits the picture's size. */
  readonly segmentSeconds: number | null;
  readonly restart: boolean;
  /** Copy what did not change since the frame before. */
  readonly reuse: boolean;
  /** Milliseconds without a frame after which a process counts as hanging. */
  readonly stallTimeoutMs: number;
  /** What headerless raw video holds; `null` where it is not described. */
  readonly raw: RawVideoInput | null;
  /** Frames per second of picture sequences; `null` where the user does not say. */
  readonly fps: Ratio | null;
  /** Paths of the programs; `null` where they are to be looked for. */
  readonly ffmpeg: string | null;
  readonly ffprobe: string | null;
  readonly dryRun: boolean;
  /** How often a clip is tried if the cause of its failure may pass. */
  readonly maxTries: number;
  /** What a configuration file set. */
  readonly configured: Configured | null;
  /** The program to run for each finished clip, and its words. */
  readonly exec: readonly string[] | null;
};

const wholeNumbers = ['workers', 'frames', 'jobs', 'maxTries'] as const;
const secondsFields = ['start', 'end', 'stallTimeout', 'segmentSeconds'] as const;

function checkOneOf<T extends string>(name: string, value: T | undefined, all: readonly T[]): void {
  if (value !== undefined && !all.includes(value)) {
    throw badValue(`one of ${all.join(', ')}`, name, value);
  }
}

const rateWords = /^-(?:crf|qp|q|qscale|global_quality|b|maxrate|bufsize)(?::v)?$/;

/** Throws VsrError `option` for invalid rates, and for two ways to set the quality. */
function checkRates(options: UpscaleOptions): void {
  const { crf, bitrate, sizeLimit, ffmpegArgs = [] } = options;
  if (bitrate !== undefined && !(Number.isFinite(bitrate) && bitrate >= 1000)) {
    throw badValue('at least 1000 bits a second', 'bitrate', bitrate);
  }
  if (sizeLimit !== undefined && !(Number.isFinite(sizeLimit) && sizeLimit >= 1000)) {
    throw badValue('at least 1000 bytes', 'sizeLimit', sizeLimit);
  }
  const given = Object.entries({ crf, bitrate, sizeLimit }).filter(
    ([, each]) => each !== undefined,
  );
  const [first, second] = given;
  if (second !== undefined) {
    throw badValue(`either ${first![0]} or ${second[0]}, not both,`, second[0], second[1]);
  }
  const word = ffmpegArgs.find((each) => rateWords.test(each));
  if (word !== undefined && (bitrate ?? sizeLimit) !== undefined) {
    throw badValue(`nothing about the rate beside ${first![0]}`, 'ffmpegArgs', word);
  }
}

/** Throws VsrError `option` for an unknown codec or encoder. */
function checkCodec({ codec = 'auto', encoder = 'software', crf }: UpscaleOptions): void {
  if (!isKnownCodec(codec)) {
    const why = whyRefused(codec);
    if (why !== null)
      throw badValue(
        'an encoder that can keep what vsr promises',
        'codec',
        codec,
        `${sentenceStart(why)}.`,
      );
    throw badValue(
      `one of ${codecNames.join(', ')}, or an encoder that vsr knows by ffmpeg's name of it`,
      ...(['codec', codec, codecMeant(codec, codecNames)] as const),
    );
  }
  if (encoder !== 'software' && !codecNames.some((name) => name === codec)) {
    throw badValue(
      'either an encoder by its own name or a kind of it, not both,',
      'encoder',
      encoder,
    );
  }
  checkCrf(codec, crf);
}

/** Checks what can be checked without looking at a clip; throws VsrError `option`. */
function checkValues(options: UpscaleOptions): void {
  for (const name of wholeNumbers) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1) {
      throw badValue('a whole number of at least 1', name, value);
    }
  }
  if (options.scale !== undefined && !isScale(options.scale)) {
    throw badValue('a whole or half number of at least 1', 'scale', options.scale);
  }
  for (const name of secondsFields) {
    const value = options[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw badValue('seconds, 0 or more', name, value);
    }
  }
  if (
    options.device !== undefined &&
    !(Number.isSafeInteger(options.device) && options.device >= 0)
  ) {
    throw badValue('a device number from 0', 'device', options.device);
  }
  if (options.segmentSeconds === 0) {
    throw badValue('more than 0 seconds', 'segmentSeconds', options.segmentSeconds);
  }
  checkCodec(options);
  checkRates(options);
  checkTemplate(options.name);
  checkProgramWords(options.exec);
  checkTracks('audio', options.audio);
  checkTracks('subs', options.subs);
  checkOneOf('encoder', options.encoder, encoderChoices);
  checkOneOf('provider', options.provider, providerNames);
  checkOneOf('precision', options.precision, precisionNames);
  checkOneOf('chroma', options.chroma, chromaKernels);
  checkOneOf('steady', options.steady, steadyNames);
  checkOneOf('quality', options.quality, qualities);
  if (options.quality !== undefined && options.model !== undefined) {
    throw badValue('either a quality or a model, not both,', 'quality', options.quality);
  }
  const { strength = 'auto' } = options;
  if (strength !== 'auto' && !(strength >= 0 && strength <= 1)) {
    throw badValue('a number from 0 to 1, or auto,', 'strength', strength);
  }
  if (options.start !== undefined && options.end !== undefined && options.end <= options.start) {
    throw badValue(`a time after start (${options.start} s)`, 'end', options.end);
  }
  if (options.scale !== undefined && options.to !== undefined) {
    throw badValue('either a scale or a size to reach, not both,', 'to', options.to);
  }
  if (typeof options.log === 'string' && !/\.(csv|jsonl)$/i.test(options.log)) {
    throw badValue('a file ending in .csv or .jsonl', 'log', options.log);
  }
}

/** The model and the encoder that the user named. */
export function askedIn(settings: Settings): AskedSettings {
  const { model, quality, codec, encoder, crf, preset, pixelFormat, ffmpegArgs } = settings;
  const strength = settings.strength === 'auto' ? null : settings.strength;
  const configured = settings.configured === null ? {} : { configured: settings.configured };
  const hardware = encoder === 'software' ? {} : { encoder };
  const named = { model, quality, strength, codec, crf, preset, pixelFormat, ffmpegArgs };
  return { ...named, ...hardware, ...configured };
}

/** Checks options and fills in what was left out. Throws VsrError `option` for a wrong one. */
export function checkOptions(options: UpscaleOptions): Settings {
  checkValues(options);
  return {
    scale: options.scale ?? 2,
    to: options.to ?? null,
    output: options.output ?? null,
    name: options.name ?? null,
    model: options.model ?? null,
    quality: options.quality ?? null,
    strength: options.strength ?? 'auto',
    provider: { name: options.provider ?? 'auto', device: options.device ?? 0 },
    precision: options.precision ?? 'auto',
    chroma: options.chroma ?? 'bicubic',
    workers: options.workers ?? null,
    codec: options.codec ?? 'auto',
    encoder: options.encoder ?? 'software',
    crf: options.crf ?? null,
    bitrate: options.bitrate ?? null,
    sizeLimit: options.sizeLimit ?? null,
    preset: options.preset ?? null,
    pixelFormat: options.pixelFormat ?? null,
    ffmpegArgs: options.ffmpegArgs ?? [],
    audio: options.audio ?? 'all',
    subs: options.subs ?? 'all',
    start: options.start ?? null,
    end: options.end ?? null,
    frames: options.frames ?? Infinity,
    footage: checkFootage(options),
    steady: options.steady ?? 'auto',
    mask: options.mask === undefined ? null : path.resolve(options.mask),
    reference: options.reference === undefined ? null : path.resolve(options.reference),
    log: options.log ?? null,
    jobs: options.jobs ?? 1,
    overwrite: options.overwrite ?? false,
    recursive: options.recursive ?? false,
    allowDamaged: options.allowDamaged ?? options.allowTruncated ?? false,
    segments: options.segments ?? true,
    segmentSeconds: options.segmentSeconds ?? null,
    restart: options.restart ?? false,
    reuse: options.reuse ?? true,
    stallTimeoutMs:
      options.stallTimeout === undefined ? defaultStallMs : options.stallTimeout * 1000,
    raw: rawVideoOf(options),
    fps: options.fps === undefined ? null : parseRate(options.fps, 'fps'),
    ffmpeg: options.ffmpeg ?? null,
    ffprobe: options.ffprobe ?? null,
    dryRun: options.dryRun ?? false,
    configured: options.configured ?? null,
    maxTries: options.maxTries ?? 1,
    exec: options.exec ?? null,
  };
}
