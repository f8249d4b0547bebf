import { messageOf, VsrError } from '../../errors.js';
import type { InferenceGraph } from '../../model/load/inference-graph.js';
import type { Precision } from '../../model/runtime/precision.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import { type OpenSession, openSession } from '../../model/runtime/session.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { ChromaSiting } from '../../planes/siting.js';
import type { Rect } from '../../planes/rect.js';
import { LumaRunner, type Runner } from './luma-runner.js';
import { type ColourNumbers, RgbRunner } from './rgb-runner.js';
import { planStrips } from '../reuse/strips.js';

/** The graph to run, for which frames, on which providers, and in which precision. */
export type RunnerSpec = {
  readonly graph: InferenceGraph;
  /** The same graph, arranged for the CPU. */
  readonly cpuGraph: InferenceGraph;
  /** The precision of `graph`. */
  readonly own: Precision;
  /**
   * The same graph in half precision, for devices: used alone where that is demanded, otherwise if
   * a trial shows it to be better. `null` where it cannot be used.
   */
  readonly half: { readonly bytes: Uint8Array; readonly demanded: boolean } | null;
  readonly layout: FrameLayout;
  readonly larger: FrameLayout;
  readonly siting: ChromaSiting;
  /** Needed by models that take RGB alone. */
  readonly colour: ColourNumbers;
  /** Where to run, best first. */
  readonly candidates: readonly ProviderCandidate[];
  /** Whether the runner must enlarge a synthetic frame first: it fails if memory is short. */
  readonly triesFirst: boolean;
};

/** A runner whose session is open, with its provider and precision. */
export type OpenRunner = {
  readonly runner: Runner;
  /** What the runner's session runs. */
  readonly graph: InferenceGraph;
  readonly provider: ProviderCandidate;
  readonly precision: Precision;
};

/** Half precision must take at most this share of single precision's time to be chosen. */
const worthwhile = 0.9;

/**
 * Number of timed runs, whose median counts; one run comes before, in which a device compiles its
 * kernels.
 */
const trials = 3;

/**
 * Opens the session on the first provider that starts. On a device, half precision is tried against
 * single where the caller leaves the choice. Rejects with VsrError `provider`.
 */
export async function openRunner(spec: RunnerSpec): Promise<OpenRunner> {
  const { graph, cpuGraph, layout, larger, half, candidates } = spec;
  const graphOn = ({ name }: ProviderCandidate): InferenceGraph =>
    name === 'cpu' ? cpuGraph : graph;
  const [rect] = planStrips(layout.width, layout.height, graph, false);
  const runnerOf = ({ ort, session, provider }: OpenSession): Runner => {
    const runs = graphOn(provider);
    return runs.colour === 'rgb'
      ? new RgbRunner(ort, session, runs, spec)
      : new LumaRunner(ort, session, runs, layout, larger);
  };
  const tryOut = async (runner: Runner): Promise<Runner> => {
    runner.begin(syntheticFrame(layout), new Uint8Array(larger.byteLength));
    await runner.run(rect!);
    runner.finish();
    return runner;
  };
  if (half?.demanded === true) {
    const ran = await openHalf(half.bytes, candidates, (open) => tryOut(runnerOf(open)));
    return { ...ran, graph };
  }
  const open = await openSession((provider) => graphOn(provider).bytes, candidates);
  const { provider } = open;
  const runs = graphOn(provider);
  const single = { runner: runnerOf(open), graph: runs, provider, precision: spec.own };
  if (spec.triesFirst) await tryOut(single.runner);
  if (half === null || provider.name === 'cpu') return single;
  // A device without half precision fails here, or when it first runs.
  const other = await openSession(half.bytes, [provider]).catch(() => null);
  if (other === null) return single;
  const tried = { runner: runnerOf(other), graph, provider, precision: 'fp16' as const };
  const better = await halfIsBetter(single.runner, tried.runner, { rect: rect!, layout, larger });
  await (better ? open : other).session.release();
  return better ? tried : single;
}

/**
 * The runner on the first of `candidates` where the graph starts and `tried` can run it: some
 * devices cannot compute in half precision. Rejects with VsrError `provider` where none can.
 */
async function openHalf(
  bytes: Uint8Array,
  candidates: readonly ProviderCandidate[],
  tried: (open: OpenSession) => Promise<Runner>,
): Promise<Omit<OpenRunner, 'graph'>> {
  let failure: unknown;
  for (const provider of candidates) {
    try {
      const runner = await tried(await openSession(bytes, [provider]));
      return { runner, provider, precision: 'fp16' };
    } catch (error) {
      failure = error;
    }
  }
  const { name, device } = candidates.at(-1)!;
  const why = messageOf(failure)
    .replace(/\s+/g, ' ')
    .replace(/ ?\.?$/, '.');
  throw new VsrError(
    'provider',
    `Half precision does not run on ${name} (device ${device}): ${why} Try --precision fp32.`,
    { cause: failure },
  );
}

/** A part of frames of `layout`, made `larger`, on which two runners are compared. */
type Trial = { readonly rect: Rect; readonly layout: FrameLayout; readonly larger: FrameLayout };

/**
 * Whether `half` gives the picture of `single` to within one step of 8 bits, in at most 0.9 of the
 * time: both enlarge `rect` of a synthetic frame. If `half` fails, it is not better. `now` is in
 * milliseconds.
 */
export async function halfIsBetter(
  single: Runner,
  half: Runner,
  { rect, layout, larger }: Trial,
  now = (): number => performance.now(),
): Promise<boolean> {
  const frame = syntheticFrame(layout);
  const measure = async (runner: Runner): Promise<{ ms: number; picture: Uint8Array }> => {
    const picture = new Uint8Array(larger.byteLength);
    const times: number[] = [];
    for (let i = 0; i <= trials; i++) {
      const begun = now();
      runner.begin(frame, picture);
      await runner.run(rect);
      runner.finish();
      if (i > 0) times.push(now() - begun);
    }
    return { ms: times.sort((a, b) => a - b)[trials >> 1]!, picture };
  };
  const expected = await measure(single);
  const actual = await measure(half).catch(() => null);
  if (actual === null || actual.ms > worthwhile * expected.ms) return false;
  const step = 2 ** (layout.format.bitDepth - 8);
  return larger.planes.every((_, p) => {
    const [a, b] = [
      planeOf(expected.picture, larger, p).data,
      planeOf(actual.picture, larger, p).data,
    ];
    return a.every((value, i) => Math.abs(value - b[i]!) <= step);
  });
}

/** A synthetic frame of waves and steps: flat, slanted and sharp parts over the whole range. */
function syntheticFrame(layout: FrameLayout): Uint8Array {
  const frame = new Uint8Array(layout.byteLength);
  const peak = 2 ** layout.format.bitDepth - 1;
  layout.planes.forEach((_, p) => {
    const { data, width } = planeOf(frame, layout, p);
    for (let i = 0; i < data.length; i++) {
      const wave = Math.sin((i % width) / 9) + Math.cos(i / width / 5) + (i % 64 < 9 ? 0.5 : 0);
      data[i] = Math.round(Math.min(1, Math.max(0, 0.5 + 0.3 * wave)) * peak);
    }
  });
  return frame;
}
