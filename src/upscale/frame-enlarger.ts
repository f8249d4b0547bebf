import { VsrError } from '../errors.js';
import type { InferenceGraph } from '../model/inference-graph.js';
import type { ProviderCandidate } from '../model/providers.js';
import { openSession } from '../model/session.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { ChromaSiting } from '../planes/siting.js';
import { chromaEnlarger } from './enlarge-chroma.js';
import { LumaRunner } from './luma-runner.js';
import { type ColourNumbers, RgbRunner } from './rgb-runner.js';
import { type FrameScores, noScores, scorer } from './score-frame.js';
import { planStrips } from './strips.js';

/** Everything a worker thread needs to know before its first frame; survives structured cloning. */
export type EnlargerSpec = {
  readonly graph: InferenceGraph;
  readonly layout: FrameLayout;
  readonly larger: FrameLayout;
  readonly siting: ChromaSiting;
  /** Only models that take RGB care. */
  readonly colour: ColourNumbers;
  readonly scores: boolean;
  readonly candidates: readonly ProviderCandidate[];
  /** Shared with all threads: once its one number is not 0, frames under way are given up. */
  readonly stop: Int32Array;
};

/** Milliseconds spent on a frame, by what they were spent on. */
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
  enlarge(
    frame: Uint8Array,
    into: Uint8Array,
    reference: Uint8Array | null,
  ): Promise<EnlargedFrame>;
};

/** The planes that the network does not make: those that bicubic enlarges. */
function planesBesides(colour: InferenceGraph['colour'], layout: FrameLayout): number[] {
  const last = layout.planes.length - 1;
  if (colour === 'rgb') return layout.format.alpha ? [last] : [];
  return layout.planes.map((_, number) => number).slice(1);
}

/** Opens the session and prepares everything that is the same for all frames. */
export async function openFrameEnlarger(spec: EnlargerSpec): Promise<FrameEnlarger> {
  const { graph, layout, larger, siting } = spec;
  const { ort, session, provider } = await openSession(graph.bytes, spec.candidates);
  const runner =
    graph.colour === 'rgb'
      ? new RgbRunner(ort, session, graph, layout, larger, siting, spec.colour)
      : new LumaRunner(ort, session, graph, layout, larger);
  const others = planesBesides(graph.colour, layout);
  const chroma = chromaEnlarger(layout, larger, graph.scale, siting, others);
  const score = scorer(layout, larger, graph.scale);
  const strips = planStrips(layout.width, layout.height, graph);
  return {
    provider,
    async enlarge(frame, into, reference) {
      const begun = performance.now();
      runner.begin(frame, into);
      for (const strip of strips) {
        if (Atomics.load(spec.stop, 0) !== 0) throw new VsrError('interrupted', 'Stopped.');
        await runner.run(strip);
      }
      runner.finish();
      const inferred = performance.now();
      chroma.enlarge(frame, into);
      const coloured = performance.now();
      const wanted = spec.scores || reference !== null;
      const scores = wanted ? score(frame, into, reference, spec.scores) : noScores;
      const timings = {
        inferenceMs: inferred - begun,
        chromaMs: coloured - inferred,
        scoresMs: performance.now() - coloured,
      };
      return { scores, reused: 0, timings };
    },
  };
}
