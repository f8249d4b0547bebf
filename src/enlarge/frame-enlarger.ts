import { VsrError } from '../errors.js';
import { type FrameScores, noScores } from '../metrics/frame-scores.js';
import type { InferenceGraph } from '../model/load/inference-graph.js';
import type { Precision } from '../model/runtime/precision.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';
import { nativeWork } from '../native-work.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { Rect } from '../planes/rect.js';
import type { ChromaKernel } from './chroma/chroma-kernels.js';
import type { ChromaEnlarger } from './bicubic/chroma-enlarger.js';
import { chromaEnlarger } from './chroma/enlarge-chroma.js';
import { type MaskBlender, maskBlender } from './mask/mask-blender.js';
import type { MaskPlanes } from './mask/mask-planes.js';
import { CELL, type CellMap, changedCells } from './reuse/changed-cells.js';
import {
  both,
  canReuse,
  copyReused,
  either,
  planReuse,
  type ReusePlan,
  runsFor,
} from './reuse/frame-reuse.js';
import { openRunner, type OpenRunner, type RunnerSpec } from './network/open-runner.js';
import { scorer, type Scorer } from './scores/score-frame.js';
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

/** The provider on which a session runs, and its precision. */
export type WhatRuns = { readonly provider: ProviderCandidate; readonly precision: Precision };

/** Everything that a worker thread needs before its first frame; can be cloned to a thread. */
export type EnlargerSpec = RunnerSpec & {
  readonly scores: boolean;
  readonly chroma: ChromaKernel;
  /** Copy what did not change since the frame before, where the graph and provider allow it. */
  readonly reuse: boolean;
  /** Average still areas over frames before the network sees them. */
  readonly steady: boolean;
  /** Where the network acts; `null` for everywhere. */
  readonly mask: MaskPlanes | null;
  /**
   * What runs the network, where another thread does that for the frames of this one; `null` where
   * this thread runs it.
   */
  readonly runsElsewhere: WhatRuns | null;
  /** Shared with all threads: once its one number is not 0, threads stop work on their frames. */
  readonly stop: Int32Array;
};

/**
 * Milliseconds spent on a frame, by kind of work; waiting until the frame before is whole does not
 * count.
 */
export type FrameTimings = {
  /**
   * With averaging luma and finding what to reuse, which come before the network, and blending by
   * the mask, which comes after it.
   */
  readonly inferenceMs: number;
  readonly chromaMs: number;
  readonly scoresMs: number;
};

/** The result of one frame, besides its samples. */
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
   * Enlarges `frame.input` into `frame.output`. If `before`, the frame before it, is given, flicker
   * is measured against it, and with `reuse` only changed parts are computed. That frame may still
   * be under way on another thread.
   */
  enlarge(frame: FrameTrace, before: FrameTrace | null): Promise<EnlargedFrame>;
  /**
   * Runs parts of a frame that another thread enlarges and that is computed whole, until all parts
   * are begun. The result holds only this thread's `inferenceMs`.
   */
  help(frame: FrameTrace): Promise<EnlargedFrame>;
};

/** Numbers of the planes that the network does not make: `chromaEnlarger` makes them. */
function planesBesides(colour: InferenceGraph['colour'], layout: FrameLayout): number[] {
  const last = layout.planes.length - 1;
  if (colour === 'rgb') return layout.format.alpha ? [last] : [];
  return layout.planes.map((_, number) => number).slice(1);
}

/**
 * Opens the session and prepares everything that is the same for all frames. Rejects with VsrError
 * `provider` where no provider starts.
 */
export async function openFrameEnlarger(spec: EnlargerSpec): Promise<FrameEnlarger> {
  const { graph, runsElsewhere: runs } = spec;
  return new ThreadEnlarger(
    spec,
    runs === null ? await openRunner(spec) : { runner: null, graph, ...runs },
  );
}

/** What a thread runs; no runner where another thread runs the network. */
type MaybeRunner = Omit<OpenRunner, 'runner'> & { readonly runner: OpenRunner['runner'] | null };

/** Does the steps of a frame, one after the other, on the thread that made it. */
class ThreadEnlarger implements FrameEnlarger {
  readonly provider: ProviderCandidate;
  readonly precision: Precision;
  private readonly spec: EnlargerSpec;
  /** `null` where another thread runs the network. */
  private readonly runner: OpenRunner['runner'] | null;
  private readonly graph: InferenceGraph;
  private readonly chroma: ChromaEnlarger;
  private readonly score: Scorer;
  private readonly mask: MaskBlender | null;
  private readonly steady: ReturnType<typeof steadyLuma> | null;
  /** The parts of a frame that is computed whole. */
  private readonly strips: readonly Rect[];
  private readonly canReuse: boolean;
  /** Whether several threads may run parts of one frame. */
  private readonly isShareable: boolean;

  constructor(spec: EnlargerSpec, { runner, graph, provider, precision }: MaybeRunner) {
    const { layout, larger, siting } = spec;
    this.spec = spec;
    this.runner = runner;
    this.graph = graph;
    this.provider = provider;
    this.precision = precision;
    const how = { kernel: spec.chroma, siting };
    const others = planesBesides(graph.colour, layout);
    this.chroma = chromaEnlarger(layout, larger, graph.scale, how, others);
    this.score = scorer(layout, larger, graph.scale);
    this.steady = spec.steady ? steadyLuma(layout) : null;
    const enlargement = { layout, larger, scale: graph.scale, siting };
    this.mask = spec.mask === null ? null : maskBlender(spec.mask, enlargement);
    const onCpu = provider.name === 'cpu';
    this.strips =
      this.mask !== null && onCpu && canReuse(graph)
        ? runsFor(graph, layout, this.mask.needed)
        : planStrips(layout.width, layout.height, graph, onCpu);
    // GPUs search for the best kernels again at every new size, so rectangles of many sizes cost
    // more there.
    this.canReuse = spec.reuse && onCpu && canReuse(graph);
    // RGB goes through planes that belong to one thread.
    this.isShareable = graph.colour === 'luma';
  }

  async enlarge(frame: FrameTrace, before: FrameTrace | null): Promise<EnlargedFrame> {
    return announced(frame, async () => {
      const result = await this.enlargeSteps(frame, before);
      announceFrame(frame, true);
      return result;
    });
  }

  async help(frame: FrameTrace): Promise<EnlargedFrame> {
    const begun = performance.now();
    if (this.isShareable) await announced(frame, () => this.infer(frame, this.strips));
    const timings = { inferenceMs: performance.now() - begun, chromaMs: 0, scoresMs: 0 };
    return { scores: noScores, reused: 0, timings };
  }

  /**
   * Averages luma, plans reuse, runs the network, enlarges the other planes, blends by the mask and
   * measures: in this order.
   */
  private async enlargeSteps(frame: FrameTrace, before: FrameTrace | null): Promise<EnlargedFrame> {
    const { stop, larger } = this.spec;
    const { input, output } = frame;
    const begun = performance.now();
    this.steadyLuma(frame);
    const plan = before === null ? null : this.planReuse(frame, before);
    const rects = plan?.rects ?? this.strips;
    await this.infer(frame, rects);
    const reused = before !== null && plan !== null ? { before, ...plan } : null;
    let waited = 0;
    if (reused !== null) {
      waited = awaitFrame(reused.before, stop);
      copyReused(reused.computed, reused.before.output, output, larger, this.graph.scale);
    }
    const inferred = performance.now();
    this.chroma.enlarge(input, output, reused?.before);
    const coloured = performance.now();
    awaitRuns(frame, rects.length, stop);
    const ran = performance.now();
    this.mask?.blend(input, output, reused?.computed ?? null);
    const blended = performance.now();
    if (this.spec.scores && before !== null) awaitFrame(before, stop);
    const whole = performance.now();
    const scores = this.score(frame, {
      standing: this.spec.scores,
      before,
      // Measurements look at the frame itself, which may differ where its averaged luma does not.
      changed: reused === null || this.spec.steady ? null : changedRows(reused.computed),
    });
    const timings = {
      inferenceMs: inferred - begun - waited + blended - ran,
      chromaMs: coloured - inferred,
      scoresMs: performance.now() - whole,
    };
    return { scores, reused: reused?.reused ?? 0, timings };
  }

  /** Averages the still areas of a frame's luma, where that was asked for. */
  private steadyLuma(frame: FrameTrace): void {
    if (this.steady === null || frame.steadied === null) return;
    const luma = (data: Uint8Array | null) =>
      data === null ? null : planeOf(data, this.spec.layout, 0);
    this.steady(luma(frame.input)!, frame.around.map(luma), luma(frame.steadied)!);
    announceSeen(frame);
  }

  /** The parts of a frame that must be computed; `null` where nothing may be reused. */
  private planReuse(frame: FrameTrace, before: FrameTrace): ReusePlan | null {
    if (!this.canReuse) return null;
    awaitSeen(before, this.spec.stop);
    const { layout } = this.spec;
    const luma = (data: Uint8Array) => planeOf(data, layout, 0);
    const changed = changedCells(luma(seenLuma(before)), luma(seenLuma(frame)));
    if (this.mask === null) return planReuse(this.graph, layout, changed);
    const { needed, read } = this.mask;
    if (this.steady === null) return planReuse(this.graph, layout, changed, needed);
    // Plain bicubic sees the frame itself, which may differ where its averaged luma does not.
    const itself = changedCells(luma(before.input), luma(frame.input));
    return planReuse(this.graph, layout, either(changed, both(itself, read)), needed);
  }

  /** Runs the network over those `rects` of a frame that no other thread has begun. */
  private async infer(frame: FrameTrace, rects: readonly Rect[]): Promise<void> {
    const { stop } = this.spec;
    const { runner } = this;
    if (runner === null) return;
    awaitSeen(frame, stop);
    runner.begin(seenLuma(frame), frame.output);
    const run = (rect: Rect): Promise<void> => nativeWork(() => runner.run(rect));
    await doRuns(frame, rects, stop, run).catch((error: unknown) => {
      if (!(error instanceof VsrError) || error.code !== 'model') throw error;
      throw new VsrError('model', `Frame ${frame.index}: ${error.message}`, { cause: error });
    });
    runner.finish();
  }
}

/** Does `work` on a frame; on failure, wakes the threads that wait for the frame. */
async function announced<T>(frame: FrameTrace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    announceFrame(frame, false);
    throw error;
  }
}

/** Whether any cell of given source rows was computed. */
function changedRows({ marks, columns, rows }: CellMap): (y0: number, y1: number) => boolean {
  return (y0, y1) => {
    const first = Math.max(0, Math.floor(y0 / CELL));
    const end = Math.min(rows, Math.ceil(y1 / CELL));
    return marks.subarray(first * columns, end * columns).includes(1);
  };
}
