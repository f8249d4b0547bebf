import { STEADY_REACH } from '../../enlarge/steady/steady-luma.js';
import type { Frame } from '../../planes/frame.js';
import { isSteadied } from '../plan/model-choice.js';
import { mapOrdered } from '../../map-ordered.js';
import type { SegmentFrames } from './segment-reader.js';
import type { EnlargedFrame, SegmentTools } from './segment-tools.js';
import { timedItems } from './stage-clock.js';

/**
 * A frame before it is enlarged; a `lead` frame is only there for the next ones to be compared
 * with.
 */
type Given = Pick<EnlargedFrame, 'source' | 'reference'> & { readonly lead: boolean };

/** A frame with the same number of frames before and after it; `null` where the clip has none. */
type Surrounded = Given & { readonly around: readonly (Frame | null)[] };

/**
 * Enlarges a segment's frames on all threads, with two frames more under way than there are
 * threads. Results come in the order of the frames. A yielded frame stays untouched until the frame
 * after the next is asked for, even across the end of the segment. `onBegun` is called whenever a
 * frame begins.
 */
export async function* enlargeFrames(
  tools: SegmentTools,
  segment: SegmentFrames,
  onBegun: () => void,
): AsyncGenerator<EnlargedFrame> {
  const { job, upscaler, workers, clock, trail } = tools;
  if (!segment.follows) trail.drop();
  const enlarge = async (one: Surrounded): Promise<Given & EnlargedFrame> => {
    const larger = upscaler.upscale(one.source, one.reference, one.around);
    onBegun();
    return { ...one, larger: await larger };
  };
  const reach = isSteadied(job.plan.chain, job.plan.settings) ? STEADY_REACH : 0;
  const given = surrounded(givenFrames(tools, segment), reach, {
    before: trail.sources(),
    after: () => segment.after(reach),
  });
  const results = mapOrdered(given, workers + 2, enlarge);
  for await (const frame of timedItems(clock, 'wait', results)) {
    if (!frame.lead) yield frame;
    trail.follow(frame);
  }
}

/** The lead frames and then the segment's own, each with its ground truth. */
async function* givenFrames(
  { job, reference, clock }: SegmentTools,
  { lead, frames }: SegmentFrames,
): AsyncGenerator<Given> {
  const truths = reference?.before(lead.length);
  for (const [i, source] of lead.entries()) {
    yield { source, reference: truths?.at(i - lead.length), lead: true };
  }
  for await (const source of timedItems(clock, 'decode', frames)) {
    yield { source, reference: await reference?.next(), lead: false };
    await job.pause.passed(job.signal);
  }
}

/**
 * Gives each of `items` the `reach` frames before and after it. `ends` are those before the first
 * item and, asked for at the end, those after the last one.
 */
async function* surrounded(
  items: AsyncIterable<Given>,
  reach: number,
  ends: { readonly before: readonly Frame[]; after(): Promise<readonly Frame[]> },
): AsyncGenerator<Surrounded> {
  if (reach === 0) {
    for await (const item of items) yield { ...item, around: [] };
    return;
  }
  const before = [...ends.before];
  const waiting: Given[] = [];
  const take = (after: readonly Frame[]): Surrounded => {
    const item = waiting.shift()!;
    const later = [...waiting.map(({ source }) => source), ...after];
    const places = Array.from({ length: reach }, (_, i) => i);
    const around = [
      ...places.map((i) => before[before.length - reach + i] ?? null),
      ...places.map((i) => later[i] ?? null),
    ];
    before.push(item.source);
    if (before.length > reach) before.shift();
    return { ...item, around };
  };
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length > reach) yield take([]);
  }
  const after = await ends.after();
  while (waiting.length > 0) yield take(after);
}
