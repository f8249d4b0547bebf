import { VsrError } from '../errors.js';
import { type FrameScores, noScores } from '../metrics/frame-scores.js';
import type { InferenceGraph } from '../model/load/inference-graph.js';
import type { Precision } from '../model/runtime/precision.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';
import { nativeWork } from '../native-work.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { Rect } from '../planes/rect.js';
import type { ChromaKernel } from './chroma/chroma-kernels.js';
import { chromaEnlarger } from './chroma/enlarge-chroma.js';
import { CELL, type CellMap } from './reuse/changed-cells.js';
import { canReuse, copyReused, planReuse, type ReusePlan } from './reuse/frame-reuse.js';
import { openRunner, type RunnerSpec } from './network/open-runner.js';
import { scorer } from './scores/score-frame.js';
import {
  announceFrame,
  announceSeen,
  awaitFrame,
  awaitRuns,
  awaitSeen,
  doRuns,
  type FrameTrace,
  seenLuma,
} from './frame-trace.js';
import { steadyLuma } from './steady/steady-luma.js';
import { planStrips } from './reuse/strips.js';
import { planeOf } from '../planes/frame.js';

/** Everything a worker thread needs to know before its first frame; survives structured cloning. */
export type EnlargerSpec = RunnerSpec & {
  readonly scores: boolean;
  readonly chroma: ChromaKernel;
  /** Copy what did not change since the frame before. */
  readonly reuse: boolean;
  /** Average still areas over frames before the network sees them. */
  readonly steady: boolean;
  /** Shared with all threads: once its one number is not 0, frames under way are given up. */
  readonly stop: Int32Array;
};

/**
 * Milliseconds spent on a frame, by what they were spent on; without waiting for the frame before.
 */
export type FrameTimings = {
  readonly inferenceMs: number;
  readonly chromaMs: number;
  readonly scoresMs: number;
};

/** What became of one frame, besides its samples. */
export type EnlargedFrame = {
  readonly scores: FrameScores;
  /** Share of the picture, 0 to 1, that was copied from the frame before. */
  readonly reused: number;
  readonly timings: FrameTimings;
};

/** Enlarges frames, one at a time, on the thread that opened it. */
export type FrameEnlarger = {
  readonly provider: ProviderCandidate;
  readonly precision: Precision;
  /**
   * Enlarges `frame.input` into `frame.output`. Where `before`, the frame before it, is given,
   * flicker is measured against it, and with `reuse` only what changed is computed; that frame may
   * still be under way on another thread.
   */
  enlarge(frame: FrameTrace, before: FrameTrace | null): Promise<EnlargedFrame>;
  /**
   * Does runs of a frame that another thread enlarges, without a frame before, until all are begun.
   */
  help(frame: FrameTrace): Promise<EnlargedFrame>;
};

/** The planes that the network does not make: those that bicubic enlarges. */
function planesBesides(colour: InferenceGraph['colour'], layout: FrameLayout): number[] {
  const last = layout.planes.length - 1;
  if (colour === 'rgb') return layout.format.alpha ? [last] : [];
  return layout.planes.map((_, number) => number).slice(1);
}

/** Opens the session and prepares everything that is the same for all frames. */
export async function openFrameEnlarger(spec: EnlargerSpec): Promise<FrameEnlarger> {
  const { layout, larger, siting } = spec;
  const { runner, graph, provider, precision } = await openRunner(spec);
  const others = planesBesides(graph.colour, layout);
  const chroma = chromaEnlarger(
    layout,
    larger,
    graph.scale,
    { kernel: spec.chroma, siting },
    others,
  );
  const score = scorer(layout, larger, graph.scale);
  const steady = spec.steady ? steadyLuma(layout) : null;
  const onCpu = provider.name === 'cpu';
  const strips = planStrips(layout.width, layout.height, graph, onCpu);
  // Devices search for the best kernels again at every new size, so rectangles of many sizes cost
  // more there.
  const reusable = spec.reuse && onCpu && canReuse(graph);
  // RGB goes through planes that belong to one thread.
  const shareable = onCpu && graph.colour === 'luma';
  const infer = async (frame: FrameTrace, rects: readonly Rect[]): Promise<void> => {
    awaitSeen(frame, spec.stop);
    runner.begin(seenLuma(frame), frame.output);
    const run = (rect: Rect): Promise<void> => nativeWork(() => runner.run(rect));
    await doRuns(frame, rects, spec.stop, run).catch((error: unknown) => {
      if (!(error instanceof VsrError) || error.code !== 'model') throw error;
      throw new VsrError('model', `Frame ${frame.index}: ${error.message}`, { cause: error });
    });
    runner.finish();
  };
  const work: FrameEnlarger['enlarge'] = async (frame, before) => {
    const { input, output } = frame;
    const begun = performance.now();
    if (steady !== null && frame.steadied !== null) {
      const luma = (data: Uint8Array | null) => (data === null ? null : planeOf(data, layout, 0));
      steady(luma(input)!, frame.around.map(luma), luma(frame.steadied)!);
      announceSeen(frame);
    }
    let plan: ReusePlan | null = null;
    if (before !== null && reusable) {
      awaitSeen(before, spec.stop);
      plan = planReuse(graph, layout, seenLuma(before), seenLuma(frame));
    }
    const rects = plan?.rects ?? strips;
    await infer(frame, rects);
    const reused = before !== null && plan !== null ? { before, ...plan } : null;
    let waited = 0;
    if (reused !== null) {
      waited = awaitFrame(reused.before, spec.stop);
      copyReused(reused.computed, reused.before.output, output, larger, graph.scale);
    }
    const inferred = performance.now();
    chroma.enlarge(input, output, reused?.before);
    const coloured = performance.now();
    awaitRuns(frame, rects.length, spec.stop);
    if (spec.scores && before !== null) awaitFrame(before, spec.stop);
    const whole = performance.now();
    const scores = score(frame, {
      standing: spec.scores,
      before,
      // What was averaged may be the same where the frames themselves are not.
      changed: reused === null || spec.steady ? null : changedRows(reused.computed),
    });
    const timings = {
      inferenceMs: inferred - begun - waited,
      chromaMs: coloured - inferred,
      scoresMs: performance.now() - whole,
    };
    return { scores, reused: reused?.reused ?? 0, timings };
  };
  return {
    provider,
    precision,
    async enlarge(frame, before) {
      try {
        const result = await work(frame, before);
        announceFrame(frame, true);
        return result;
      } catch (error) {
        announceFrame(frame, false);
        throw error;
      }
    },
    async help(frame) {
      const begun = performance.now();
      try {
        if (shareable) await infer(frame, strips);
      } catch (error) {
        announceFrame(frame, false);
        throw error;
      }
      const timings = { inferenceMs: performance.now() - begun, chromaMs: 0, scoresMs: 0 };
      return { scores: noScores, reused: 0, timings };
    },
  };
}

/** Tells of source rows whether any cell of theirs was computed. */
function changedRows({ marks, columns, rows }: CellMap): (y0: number, y1: number) => boolean {
  return (y0, y1) => {
    const first = Math.max(0, Math.floor(y0 / CELL));
    const end = Math.min(rows, Math.ceil(y1 / CELL));
    return marks.subarray(first * columns, end * columns).includes(1);
  };
}
