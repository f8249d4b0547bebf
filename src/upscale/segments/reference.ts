import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import { probe } from '../../media/source/probe.js';
import type { Frame } from '../../planes/frame.js';
import type { JobContext } from './job-context.js';

/** The ground truth, read one frame at a time beside the clip. */
export interface ReferenceFrames extends AsyncDisposable {
  /** The next frame; throws VsrError `media` when the reference is shorter than the clip. */
  next(): Promise<Frame>;
  /** Passes over frames whose segment is done; the last ones can still be had from `before`. */
  pass(count: number): Promise<void>;
  /** The last `count` frames, three at most, that were passed over; the caller releases them. */
  before(count: number): readonly Frame[];
  release(frame: Frame): void;
}

/** Frames passed over that are kept: as many as a segment that is begun anew needs before it. */
const mostBefore = 3;

/**
 * Opens the ground truth of a job, `skip` frames in. Its size and sample format must be those of
 * the enlarged picture, and its frame count the clip's where both are stated.
 */
export async function openReference(
  { ffmpeg, plan, signal }: JobContext,
  file: string,
  skip: number,
): Promise<ReferenceFrames> {
  const raw = plan.source.raw === null ? null : { ...plan.source.raw, ...plan.enlarged };
  const source = await probe(ffmpeg, file, { signal, ...(raw === null ? {} : { raw }) });
  const { video } = source;
  const { width, height } = plan.enlarged;
  if (video.width !== width || video.height !== height) {
    throw new VsrError(
      'media',
      `Expected the reference ${file} to be ${width}x${height}, the size of the enlarged picture, but it is ${video.width}x${video.height}.`,
    );
  }
  if (video.format.name !== plan.source.video.format.name) {
    throw new VsrError(
      'media',
      `Expected the reference ${file} in ${plan.source.video.format.name}, as the clip, but it is ${video.format.name}.`,
    );
  }
  const counts = [video.frameCount, plan.source.video.frameCount] as const;
  const whole =
    plan.range.from === undefined &&
    plan.range.to === undefined &&
    plan.settings.frames === Infinity;
  if (whole && counts[0] !== null && counts[1] !== null && counts[0] !== counts[1]) {
    throw new VsrError(
      'media',
      `Expected the reference ${file} to have ${counts[1]} frames, as the clip, but it has ${counts[0]}.`,
    );
  }
  const { stallTimeoutMs } = plan.settings;
  const decoded = decodeFrames(ffmpeg, source, { signal, stallTimeoutMs });
  const frames = decoded[Symbol.asyncIterator]();
  let position = 0;
  const next: ReferenceFrames['next'] = async () => {
    const step = await frames.next();
    if (step.done === true) {
      throw new VsrError(
        'media',
        `The reference ${file} ends after ${position} frames, before the clip does.`,
      );
    }
    position++;
    return step.value;
  };
  let passed: Frame[] = [];
  const pass = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      passed.push(await next());
      if (passed.length > mostBefore) decoded.release(passed.shift()!);
    }
  };
  try {
    await pass(skip);
  } catch (error) {
    await frames.return?.();
    throw error;
  }
  return {
    next,
    pass,
    before(count) {
      const kept = passed.slice(passed.length - count);
      for (const frame of passed.slice(0, passed.length - count)) decoded.release(frame);
      passed = [];
      return kept;
    },
    release: (frame) => decoded.release(frame),
    async [Symbol.asyncDispose]() {
      await frames.return?.();
    },
  };
}
