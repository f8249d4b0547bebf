import { badValue, VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { encoderChoices } from '../../media/formats/hardware.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import {
  deinterlaceModes,
  denoiseWords,
  fieldOrders,
  repeatModes,
  telecineModes,
  type DenoiseChoice,
} from '../../upscale/footage/footage-modes.js';
import type { FootageOptions } from '../../upscale/footage/footage-settings.js';
import { sourceKinds } from '../../upscale/footage/source-kinds.js';
import {
  chromaKernels,
  precisionNames,
  qualities,
  steadyNames,
  type UpscaleOptions,
} from '../../upscale/plan/options.js';
import { checkOptions, type Settings } from '../../upscale/plan/settings.js';
import type { RootedPath, Roots } from '../roots.js';

/** Settings that travel unchanged. */
type AsDecided =
  | 'scale'
  | 'to'
  | 'quality'
  | 'strength'
  | 'precision'
  | 'codec'
  | 'crf'
  | 'bitrate'
  | 'sizeLimit'
  | 'preset'
  | 'pixelFormat'
  | 'ffmpegArgs'
  | 'audio'
  | 'subs'
  | 'start'
  | 'end'
  | 'footage'
  | 'chroma'
  | 'steady'
  | 'overwrite'
  | 'allowDamaged'
  | 'reuse'
  | 'stallTimeoutMs';

/**
 * What a clip is to become, in a form that every machine of a queue understands: the settings, with
 * files named by their roots, and without those that every worker decides itself.
 */
export type Wish = Pick<Settings, AsDecided> & {
  /**
   * Names of the catalogue, separated by commas as `--model` takes them; or files, one per pass;
   * `null` where vsr chooses.
   */
  readonly model: string | readonly RootedPath[] | null;
  /** Absent in wishes of earlier versions, which had no such setting. */
  readonly encoder?: Settings['encoder'];
  /** The largest number of frames; `null` for all. */
  readonly frames: number | null;
  readonly reference: RootedPath | null;
  /** Absent in wishes of earlier versions, which had no such setting. */
  readonly mask?: RootedPath | null;
  readonly log: RootedPath | false;
  readonly raw: { readonly format: string; readonly size: string; readonly rate: string } | null;
};

/** Settings that every worker decides itself. */
export type OwnSettings = {
  readonly provider: ProviderChoice;
  /** Inference threads; `undefined` for the default. */
  readonly workers: number | undefined;
  /** The programs to use; `undefined` for the default. */
  readonly ffmpeg: string | undefined;
  readonly ffprobe: string | undefined;
  /** Whether --ffmpeg-args of submitters are accepted. */
  readonly allowFfmpegArgs: boolean;
};

function footageOf(field: Field): FootageOptions {
  return {
    source: field.at('source').oneOf(...sourceKinds),
    deinterlace: field.at('deinterlace').oneOf(...deinterlaceModes),
    fieldOrder: field.at('fieldOrder').oneOf(...fieldOrders),
    telecine: field.at('telecine').oneOf(...telecineModes),
    repeats: field.at('repeats').oneOf(...repeatModes),
    denoise: field.at('denoise').either<DenoiseChoice>(
      (word) => word.oneOf(...denoiseWords),
      (level) => level.number(),
    ),
    crop: field.at('crop').either(
      (word) => word.string(),
      (part) =>
        ['width', 'height', 'x', 'y'].map((name) => String(part.at(name).count())).join(':'),
    ),
  };
}

/** Whether a model is named by its file. */
function isFile(model: string): boolean {
  return model.toLowerCase().endsWith('.onnx');
}

/** Gives files the names by which other machines find them, as `Roots.toShared` does. */
export type Naming = Pick<Roots, 'toShared'>;

/** Finds the files with such names on this machine, as `Roots.fromShared` does. */
export type Finding = Pick<Roots, 'fromShared'>;

/**
 * Makes a wish of `settings`; `log` is the place of the per-frame log, `null` for no log. Throws
 * VsrError `option` for a file that other machines cannot find, and for models that are partly
 * files, partly names.
 */
export async function wishOf(
  settings: Settings,
  log: RootedPath | null,
  naming: Naming,
): Promise<Wish> {
  const { model, reference, mask, raw, frames } = settings;
  const models = model === null ? [] : model.split(',').map((name) => name.trim());
  const files = models.filter(isFile);
  if (files.length > 0 && files.length < models.length) {
    throw badValue('names of the catalogue or files, not both, with --queue', 'model', model);
  }
  return {
    scale: settings.scale,
    to: settings.to,
    model:
      files.length === 0
        ? model
        : await Promise.all(files.map((file) => naming.toShared(file, 'model'))),
    quality: settings.quality,
    strength: settings.strength,
    precision: settings.precision,
    codec: settings.codec,
    encoder: settings.encoder,
    crf: settings.crf,
    bitrate: settings.bitrate,
    sizeLimit: settings.sizeLimit,
    preset: settings.preset,
    pixelFormat: settings.pixelFormat,
    ffmpegArgs: settings.ffmpegArgs,
    audio: settings.audio,
    subs: settings.subs,
    start: settings.start,
    end: settings.end,
    frames: frames === Infinity ? null : frames,
    footage: settings.footage,
    chroma: settings.chroma,
    steady: settings.steady,
    reference: reference === null ? null : await naming.toShared(reference, 'reference'),
    mask: mask === null ? null : await naming.toShared(mask, 'mask'),
    log: log ?? false,
    overwrite: settings.overwrite,
    allowDamaged: settings.allowDamaged,
    reuse: settings.reuse,
    stallTimeoutMs: settings.stallTimeoutMs,
    raw:
      raw === null
        ? null
        : {
            format: raw.format,
            size: `${raw.width}x${raw.height}`,
            rate: `${raw.rate.num}/${raw.rate.den}`,
          },
  };
}

function rootedOf(field: Field): RootedPath {
  return { root: field.at('root').string(), path: field.at('path').string() };
}

const text = (field: Field): string => field.string();
const number = (field: Field): number => field.number();

/** The models of a wish, in the form in which `--model` takes them. */
async function modelOf(field: Field, finding: Finding): Promise<string | null> {
  const rooted = field.maybeList(rootedOf);
  if (rooted !== undefined) {
    const files = await Promise.all(rooted.map((file) => finding.fromShared(file, 'model')));
    return files.join(',');
  }
  const names = field.orNull(text);
  const known = names?.split(',').every((name) => /^(research\/)?[\w.-]+$/.test(name.trim()));
  if (names === null || (known === true && !names.split(',').some(isFile))) return names;
  throw new VsrError(
    'queue',
    `Expected a model of the catalogue, or files under roots, but received ${JSON.stringify(names.slice(0, 80))}.`,
  );
}

/**
 * Makes settings of an untrusted wish on this machine, for the output at `output`. They are checked
 * like those of the command line. Throws VsrError `queue`, `media` or `option` for what this worker
 * does not accept.
 */
export async function settingsOf(
  value: unknown,
  output: string,
  finding: Finding,
  own: OwnSettings,
): Promise<Settings> {
  const top = new Field(value, 'the wish of a clip');
  const options: UpscaleOptions = {
    ffmpegArgs: encoderArgs(top.at('ffmpegArgs'), own),
    ...withoutNulls({ ...(await filesOf(top, finding)), ...chosenOf(top) }),
    ...rawOf(top.at('raw')),
    ...footageOf(top.at('footage')),
    chroma: top.at('chroma').oneOf(...chromaKernels),
    steady: top.at('steady').oneOf(...steadyNames),
    overwrite: top.at('overwrite').boolean(),
    allowDamaged: top.at('allowDamaged').boolean(),
    reuse: top.at('reuse').boolean(),
    stallTimeout: top.at('stallTimeoutMs').number() / 1000,
    output,
    provider: own.provider.name,
    device: own.provider.device ?? 0,
    ...(own.workers === undefined ? {} : { workers: own.workers }),
    ...(own.ffmpeg === undefined ? {} : { ffmpeg: own.ffmpeg }),
    ...(own.ffprobe === undefined ? {} : { ffprobe: own.ffprobe }),
  };
  return checkOptions(options);
}

/** Leaves out options that are `null`, which is how a wish holds those that were not given. */
function withoutNulls<T extends object>(given: T) {
  return Object.fromEntries(Object.entries(given).filter(([, each]) => each !== null));
}

/** The wish's --ffmpeg-args. Throws VsrError `queue` where this worker does not accept any. */
function encoderArgs(field: Field, own: OwnSettings): string[] {
  const args = field.list(text);
  if (args.length === 0 || own.allowFfmpegArgs) return args;
  throw new VsrError(
    'queue',
    'The clip asks for more arguments for the encoder (--ffmpeg-args), which this worker does not take. Start it with --allow-ffmpeg-args if you trust everybody who can write to its roots.',
  );
}

/** The paths on this machine of the files that a wish names. */
async function filesOf(top: Field, finding: Finding) {
  const found = async (
    name: 'reference' | 'mask' | 'log',
    field: Field,
  ): Promise<string | null> => {
    const rooted = field.orNull(rootedOf);
    return rooted === null ? null : finding.fromShared(rooted, name);
  };
  const file = (name: 'reference' | 'log') => found(name, top.at(name));
  return {
    model: await modelOf(top.at('model'), finding),
    reference: await file('reference'),
    mask: (await top.at('mask').maybe((field) => found('mask', field))) ?? null,
    log: top.at('log').isFalse() ? false : await file('log'),
  };
}

/** The options that give the layout of headerless raw video; `null` for other sources. */
function rawOf(field: Field) {
  return field.orNull((raw) => ({
    inputFormat: raw.at('format').string(),
    inputSize: raw.at('size').string(),
    inputRate: raw.at('rate').string(),
  }));
}

/** The wish's settings that are words and numbers; `null` for those left to their defaults. */
function chosenOf(top: Field) {
  return {
    scale: top.at('to').orNull(text) === null ? top.at('scale').number() : null,
    to: top.at('to').orNull(text),
    quality: top.at('quality').orNull((field) => field.oneOf(...qualities)),
    strength: top.at('strength').either<Settings['strength']>(
      (word) => word.oneOf('auto'),
      (each) => each.number(),
    ),
    precision: top.at('precision').oneOf(...precisionNames),
    codec: top.at('codec').string(),
    encoder: top.at('encoder').maybe((field) => field.oneOf(...encoderChoices)) ?? null,
    crf: top.at('crf').orNull(number),
    bitrate: top.at('bitrate').orNull(number),
    sizeLimit: top.at('sizeLimit').orNull(number),
    preset: top.at('preset').orNull(text),
    pixelFormat: top.at('pixelFormat').orNull(text),
    audio: top.at('audio').string(),
    subs: top.at('subs').string(),
    start: top.at('start').orNull(number),
    end: top.at('end').orNull(number),
    frames: top.at('frames').orNull((field) => field.count()),
  };
}
