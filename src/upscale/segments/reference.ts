import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import { probe } from '../../media/source/probe.js';
import { framesPerSecond } from '../../planes/ratio.js';
import type { VideoStream } from '../../media/source/source.js';
import type { Frame } from '../../planes/frame.js';
import type { JobContext } from './job-context.js';

/** The ground truth, read one frame at a time beside the clip. */
export interface ReferenceFrames extends AsyncDisposable {
  /**
   * The next frame; `undefined` where the reference has none at that time. Throws VsrError `media`
   * when the reference is shorter than the clip.
   */
  next(): Promise<Frame | undefined>;
  /** Skips frames whose segment is done; `before` still gives the last of them. */
  pass(count: number): Promise<void>;
  /** The last `count` skipped frames, three at most; the caller releases them. */
  before(count: number): readonly (Frame | undefined)[];
  release(frame: Frame): void;
}

/** Skipped frames that are kept: as many as a segment that starts a new decoder needs before it. */
const mostBefore = 3;

/** Frames of the enlarged clip per frame of the reference; 0 where the counts do not fit. */
function framesPerTruth(enlarged: VideoStream, reference: VideoStream): 0 | 1 | 2 {
  const isDoubled = enlarged.fields?.rate === 'field';
  const [made, truth] = [enlarged.frameCount, reference.frameCount];
  if (made !== null && truth !== null) {
    if (made === truth) return 1;
    return isDoubled && made === 2 * truth ? 2 : 0;
  }
  const rates = framesPerSecond(enlarged.frameRate) / framesPerSecond(reference.frameRate);
  return isDoubled && Math.abs(rates - 2) < 0.1 ? 2 : 1;
}

/**
 * Opens the ground truth of a job, and skips its first `skip` frames. Its size and sample format
 * must be those of the enlarged picture, and its frame count that of the clip where both are known.
 * Where a frame is made from every field, it may have half as many, which are compared with the
 * first of each pair. Throws VsrError `media` for a reference that cannot be read or does not fit.
 */
export async function openReference(
  { ffmpeg, plan, signal }: JobContext,
  file: string,
  skip: number,
): Promise<ReferenceFrames> {
  const raw = plan.source.raw === null ? null : { ...plan.source.raw, ...plan.enlarged };
  const source = await probe(ffmpeg, file, { signal, ...(raw === null ? {} : { raw }) });
  const perTruth = framesPerTruth(plan.source.video, source.video);
  checkReference(file, source.video, plan, perTruth);
  const { stallTimeoutMs } = plan.settings;
  const reader = referenceReader(
    file,
    decodeFrames(ffmpeg, source, { signal, stallTimeoutMs }),
    perTruth,
  );
  try {
    await reader.pass(skip);
  } catch (error) {
    await reader[Symbol.asyncDispose]();
    throw error;
  }
  return reader;
}

/** Throws VsrError `media` for a reference that cannot be compared with the enlarged clip. */
function checkReference(
  file: string,
  video: VideoStream,
  plan: JobContext['plan'],
  perTruth: 0 | 1 | 2,
): void {
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
  const whole =
    plan.range.from === undefined &&
    plan.range.to === undefined &&
    plan.settings.frames === Infinity;
  if (whole && perTruth === 0) {
    const { frameCount, fields } = plan.source.video;
    const half = fields?.rate === 'field' ? ` or ${frameCount! / 2}, one for each two` : '';
    throw new VsrError(
      'media',
      `Expected the reference ${file} to have ${frameCount} frames, as the clip${half}, but it has ${video.frameCount}.`,
    );
  }
}

/** Reads a reference that fits: one frame for every `perTruth` frames of the enlarged clip. */
function referenceReader(
  file: string,
  decoded: ReturnType<typeof decodeFrames>,
  perTruth: 0 | 1 | 2,
): ReferenceFrames {
  const frames = decoded[Symbol.asyncIterator]();
  let position = 0;
  /** Frames of the enlarged clip that were asked for so far. */
  let asked = 0;
  const next: ReferenceFrames['next'] = async () => {
    if (perTruth === 2 && asked++ % 2 === 1) return undefined;
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
  let passed: (Frame | undefined)[] = [];
  const release = (frame: Frame | undefined): void => {
    if (frame !== undefined) decoded.release(frame);
  };
  const pass = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      passed.push(await next());
      if (passed.length > mostBefore) release(passed.shift());
    }
  };
  return {
    next,
    pass,
    before(count) {
      const kept = passed.slice(passed.length - count);
      passed.slice(0, passed.length - count).forEach(release);
      passed = [];
      return kept;
    },
    release,
    async [Symbol.asyncDispose]() {
      await frames.return?.();
    },
  };
}
