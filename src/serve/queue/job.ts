import { randomBytes } from 'node:crypto';
import { badValue, VsrError } from '../../errors.js';
import type { Field } from '../../files/json-field.js';
import { checkTracks } from '../../media/tracks/track-choice.js';
import { qualities } from '../../upscale/plan/options.js';

/**
 * The states of a job. A `paused` job keeps its finished segments, also across a reboot.
 */
export const jobStates = ['waiting', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** The options of a job; `null` leaves an option to the preset or to `vsr upscale`. */
export type JobOptions = {
  readonly scale: number | null;
  /** A size to reach, such as `1080p`, in place of a scale. */
  readonly to: string | null;
  readonly model: string | null;
  /** How good and slow a network vsr chooses, instead of a named model. */
  readonly quality: string | null;
  readonly codec: string | null;
  readonly crf: number | null;
  readonly preset: string | null;
  /** Absolute path of the output's folder; `null`: beside the source. */
  readonly folder: string | null;
  /** Audio and subtitles to keep, as `--audio` and `--subs` take them. */
  readonly audio: string | null;
  readonly subs: string | null;
  /** A preset of the configuration file; the other options override what it sets. */
  readonly use: string | null;
};

/** The options of a job for which nothing was chosen. */
export const noOptions: JobOptions = {
  scale: null,
  to: null,
  model: null,
  quality: null,
  codec: null,
  crf: null,
  preset: null,
  folder: null,
  audio: null,
  subs: null,
  use: null,
};

/** A note about a clip; `isLoss` where its output lacks something. */
export type JobNote = { readonly what: string; readonly why: string; readonly isLoss: boolean };

/** One clip or picture to enlarge, and how far it has come. */
export type Job = {
  readonly id: string;
  /** Absolute path. */
  readonly input: string;
  readonly options: JobOptions;
  readonly state: JobState;
  /** When it was added to the queue, in ISO 8601. */
  readonly added: string;
  /** Absolute path of the output; `null` until it was planned. */
  readonly output: string | null;
  /** Frames done, and the expected number of frames; `null` where that is unknown. */
  readonly frames: number;
  readonly of: number | null;
  /** Pixels of an enlarged frame; `null` until it was planned. */
  readonly pixels: number | null;
  /** Size of an enlarged frame, such as `1280x720`; `null` until it was planned. */
  readonly size: string | null;
  /** Bytes of the output, estimated until it is done; `null` where unknown. */
  readonly bytes: number | null;
  readonly models: readonly string[];
  readonly notes: readonly JobNote[];
  /** Why it failed; otherwise `null`. */
  readonly error: string | null;
  /** Whether it has a report, a page that compares before and after. */
  readonly hasReport: boolean;
};

/** A new waiting job for the clip `input`. */
export function newJob(input: string, options: JobOptions): Job {
  return {
    ...{ id: randomBytes(8).toString('hex'), input, options, state: 'waiting' },
    added: new Date().toISOString(),
    ...{ output: null, frames: 0, of: null, pixels: null, size: null, bytes: null, models: [] },
    ...{ notes: [], error: null, hasReport: false },
  };
}

/** What changes all the time while a job runs, and is not written to disk. */
export type JobPace = {
  readonly fps: number;
  readonly stage: string;
  /** Estimated seconds to its end; `null` where unknown. */
  readonly eta: number | null;
};

const text = (field: Field): string => field.string();
const number = (field: Field): number => field.number();

/** A text that is missing in files of earlier versions: `null`. */
const laterText = (field: Field): string | null => field.maybe((one) => one.orNull(text)) ?? null;

/** The options in a request or a file. Throws VsrError `media` for anything else. */
export function readOptions(field: Field): JobOptions {
  return {
    scale: field.at('scale').orNull(number),
    to: field.at('to').orNull(text),
    model: field.at('model').orNull(text),
    quality: laterText(field.at('quality')),
    codec: field.at('codec').orNull(text),
    crf: field.at('crf').orNull(number),
    preset: field.at('preset').orNull(text),
    folder: field.at('folder').orNull(text),
    audio: laterText(field.at('audio')),
    subs: laterText(field.at('subs')),
    use: laterText(field.at('use')),
  };
}

/**
 * Throws VsrError `option` for options that `vsr upscale` would refuse for every clip: an unknown
 * quality, a quality together with a model, and an invalid choice of tracks.
 */
export function checkWords({ audio, subs, quality, model }: JobOptions): void {
  if (quality !== null && !(qualities as readonly string[]).includes(quality)) {
    throw badValue(`one of ${qualities.join(', ')}`, 'quality', quality);
  }
  if (quality !== null && model !== null) {
    throw new VsrError(
      'option',
      'Expected a model or a quality, not both: each chooses a network.',
    );
  }
  checkTracks('audio', audio ?? undefined);
  checkTracks('subs', subs ?? undefined);
}

/** The job in a file. Throws VsrError `media` for anything else. */
export function readJob(field: Field): Job {
  return {
    id: field.at('id').string(),
    input: field.at('input').string(),
    options: readOptions(field.at('options')),
    state: field.at('state').oneOf(...jobStates),
    added: field.at('added').string(),
    output: field.at('output').orNull(text),
    frames: field.at('frames').number(),
    of: field.at('of').orNull(number),
    pixels: field.at('pixels').orNull(number),
    size: laterText(field.at('size')),
    bytes: field.at('bytes').orNull(number),
    models: field.at('models').list((item) => item.string()),
    notes: field.at('notes').list((item) => ({
      what: item.at('what').string(),
      why: item.at('why').string(),
      isLoss: item.at('isLoss').boolean(),
    })),
    error: field.at('error').orNull(text),
    hasReport: field.at('hasReport').boolean(),
  };
}

/** The job's options as arguments of `vsr upscale`, without its input. */
export function argumentsOf({ options }: Pick<Job, 'options'>): string[] {
  const { scale, to, model, quality, codec, crf, preset, folder, audio, subs, use } = options;
  const given: [string, string | number | null][] = [
    ['--use', use],
    ['--scale', scale],
    ['--to', to],
    ['--model', model],
    ['--quality', quality],
    ['--codec', codec],
    ['--crf', crf],
    ['--preset', preset],
    ['--audio', audio],
    ['--subs', subs],
    // With a separator at the end it names a folder, whether that exists or not.
    ['--output', folder === null ? null : `${folder.replace(/[/\\]+$/, '')}/`],
  ];
  return given.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
}
