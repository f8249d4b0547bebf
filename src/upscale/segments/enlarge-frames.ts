import type { Upscaled } from '../../enlarge/upscaler.js';
import type { Frame } from '../../planes/frame.js';
import { mapOrdered } from './map-ordered.js';
import type { SegmentTools } from './segment-tools.js';
import { timedItems } from './stage-clock.js';

/** A frame, the ground truth of its enlargement, and what was made of it. */
export type EnlargedFrame = {
  readonly source: Frame;
  readonly reference: Frame | undefined;
  readonly larger: Upscaled;
};

/**
 * Enlarges frames on all threads, two more than threads at a time; they come in the order given.
 * What is yielded stays untouched until the frame after the next is asked for. `onBegun` is called
 * whenever one is under way.
 */
export async function* enlargeFrames(
  { job, upscaler, reader, reference, workers, clock }: SegmentTools,
  frames: AsyncIterable<Frame>,
  onBegun: () => void,
): AsyncGenerator<EnlargedFrame> {
  const release = (frame: EnlargedFrame | undefined): void => {
    if (frame === undefined) return;
    reader.release(frame.source);
    if (frame.reference !== undefined) reference?.release(frame.reference);
    upscaler.release(frame.larger.frame);
  };
  const enlarge = async (pair: Pair): Promise<EnlargedFrame> => {
    const larger = upscaler.upscale(pair.source, pair.reference);
    onBegun();
    return { ...pair, larger: await larger };
  };
  async function* withReference(): AsyncGenerator<Pair> {
    for await (const source of timedItems(clock, 'decode', frames)) {
      yield { source, reference: await reference?.next() };
      await job.pause.passed(job.signal);
    }
  }
  /** The last frame's memory: the next one may still be compared with it, and copied from it. */
  let last: EnlargedFrame | undefined;
  const results = mapOrdered(withReference(), workers + 2, enlarge);
  for await (const frame of timedItems(clock, 'wait', results)) {
    yield frame;
    release(last);
    last = frame;
  }
  release(last);
}

type Pair = Pick<EnlargedFrame, 'source' | 'reference'>;
