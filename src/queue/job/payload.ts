import { VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { hashOf } from '../../upscale/plan/identity.js';
import type { RootedPath } from '../roots.js';
import { shareOf, type Share } from './share.js';

/** The version of payloads that this vsr writes and accepts. */
const payloadVersion = 1;

/** Kinds of jobs: making a run of segments, joining a clip, or releasing a clip's work folder. */
export const jobKinds = ['segments', 'join', 'release'] as const;
export type JobKind = (typeof jobKinds)[number];

/**
 * The clip that a job belongs to. Everything else that a worker needs is in the clip's work folder,
 * or comes from the submitter that serves the clip.
 */
export type ClipRef = {
  /** The clip's name in the queue. */
  readonly clip: string;
  readonly input: RootedPath;
  readonly output: RootedPath;
  /** Hash of source, models and settings: 64 hex digits. */
  readonly job: string;
};

/** Consecutive segments that one worker makes one after the other. */
export type SegmentRun = {
  /** Number of the first segment. */
  readonly from: number;
  /** Number of the segment after the last. */
  readonly to: number;
};

/** What a job in Redis holds. */
export type Payload = ClipRef &
  SegmentRun & {
    /**
     * The submitter that serves the clip's files; `null` where they are under roots that the
     * machines share.
     */
    readonly share: Share | null;
  };

/** A payload in the form in which Redis stores it. */
export type StoredPayload = {
  readonly v: typeof payloadVersion;
  readonly clip: string;
  readonly root: string;
  readonly input: string;
  readonly outputRoot: string;
  readonly output: string;
  readonly job: string;
  readonly from: number;
  readonly to: number;
  readonly share?: Share;
};

/**
 * A clip's name in the queue, 12 hex digits: different for every fingerprint of machines and for
 * every result.
 */
export function clipName(fingerprint: string, ref: Omit<ClipRef, 'clip'>): string {
  return hashOf({ fingerprint, ...ref }).slice(0, 12);
}

/** Whether a text can be the name of a clip. */
export function isClipName(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}

export function storedPayload(payload: Payload): StoredPayload {
  const { clip, input, output, job, from, to, share } = payload;
  return {
    v: payloadVersion,
    clip,
    root: input.root,
    input: input.path,
    outputRoot: output.root,
    output: output.path,
    job,
    from,
    to,
    ...(share === null ? {} : { share }),
  };
}

/**
 * Reads a payload as untrusted data; its paths are checked where they are used. Throws VsrError
 * `queue` or `media`.
 */
export function payloadOf(value: unknown): Payload {
  const top = new Field(value, 'the payload of a job');
  top.at('v').oneOf(payloadVersion);
  const clip = top.at('clip').string();
  const job = top.at('job').string();
  const [from, to] = [top.at('from').count(), top.at('to').count()];
  if (!isClipName(clip) || !/^[0-9a-f]{64}$/.test(job) || from > to) {
    throw new VsrError(
      'queue',
      'Expected a job with the name of a clip, a hash, and a run of segments, but received another one.',
    );
  }
  return {
    clip,
    input: { root: top.at('root').string(), path: top.at('input').string() },
    output: { root: top.at('outputRoot').string(), path: top.at('output').string() },
    job,
    from,
    to,
    share: top.at('share').maybe(shareOf) ?? null,
  };
}

/** A stored payload without its secrets, for people. */
export function withoutSecrets(data: unknown): unknown {
  const isObject = typeof data === 'object' && data !== null && 'share' in data;
  return isObject ? { ...data, share: '(by its submitter)' } : data;
}

/** The id of the job that joins a clip. */
export function joinId(clip: string): string {
  return `${clip}-join`;
}

/** The id of the job that makes a run of a clip's segments. */
export function jobId(clip: string, { from }: SegmentRun): string {
  return `${clip}-${from}`;
}

/** What a job does, in words for people. */
export function describeJob(kind: string, { input, from, to, share }: Payload): string {
  const name = `${input.root}:${input.path}`;
  if (kind === 'join' && share !== null) return `reporting that all segments of ${name} are made`;
  if (kind === 'join') return `joining ${name}`;
  if (kind === 'release') return `releasing the work folder of ${name}`;
  return to - from === 1
    ? `segment ${from} of ${name}`
    : `segments ${from} to ${to - 1} of ${name}`;
}
