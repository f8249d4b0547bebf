import { badValue, VsrError } from '../errors.js';
import type { FrameScores } from '../metrics/frame-scores.js';
import type { Chain } from '../model/catalogue/chain.js';
import { buildInferenceGraph } from '../model/load/inference-graph.js';
import {
  candidatesIn,
  type Precision,
  type PrecisionChoice,
  precisionOfPasses,
} from '../model/runtime/precision.js';
import type { ProviderChoice } from '../model/runtime/providers.js';
import { type Frame, FramePool } from '../planes/frame.js';
import { lumaShares } from '../planes/matrix.js';
import { enlarged } from '../planes/enlarged.js';
import type { Plane } from '../planes/plane.js';
import { frameLayout, type FrameLayout } from '../planes/pixel-format.js';
import type { ChromaSiting } from '../planes/siting.js';
import type { ChromaKernel } from './chroma/chroma-kernels.js';
import type { EnlargerSpec } from './frame-enlarger.js';
import type { FrameTrace } from './frame-trace.js';
import { maskPlanes } from './mask/mask-planes.js';
import { stillLength } from './scores/flicker.js';
import { lumaLayout, sumsLength } from './scores/score-frame.js';
import { WorkerPool } from './worker-pool.js';

/** What frames are enlarged with. */
export type UpscalerOptions = {
  readonly chain: Chain;
  /** Layout of the frames to enlarge. */
  readonly layout: FrameLayout;
  readonly siting: ChromaSiting;
  /** How chroma is enlarged; RGB models make it themselves. Default `bicubic`. */
  readonly chroma?: ChromaKernel;
  /** Range of the samples; only models that take RGB care. */
  readonly range: 'tv' | 'pc';
  /** ffmpeg's name of the clip's matrix; only models that take RGB care. */
  readonly matrix?: string | null;
  readonly provider: ProviderChoice;
  /** Inference threads on the CPU; on a device, threads for all but the network. At least 1. */
  readonly workers: number;
  /** An 8-bit chain is for `auto` and `int8`, a float one for all but `int8`. */
  readonly precision: PrecisionChoice;
  /**
   * Measure what the log states without a reference: against bicubic, against the source, flicker.
   */
  readonly scores: boolean;
  /** Copy what did not change since the frame before. The result is the same to the bit. */
  readonly reuse: boolean;
  /**
   * Milliseconds that a device other than the CPU may take for a frame before it counts as hung;
   * two minutes if left out.
   */
  readonly deviceFrameMs?: number;
  /**
   * Average still areas of luma over the frames around before the network sees them; for networks
   * on luma. Default false.
   */
  readonly steady?: boolean;
  /**
   * Where the network acts, as a picture in 8 bit that covers the frame, of any size: white is the
   * network's result, black plain bicubic of the source (at scale 1 the source itself), grey a
   * blend of both. Of models on luma it concerns luma alone, of those on RGB chroma, too. Left out
   * or `null`, the network acts everywhere.
   */
  readonly mask?: Plane | null;
  /** Rejects all frames under way with VsrError 'interrupted'. */
  readonly signal?: AbortSignal;
};

/** A larger frame and what is known about it. */
export type Upscaled = {
  /** From the upscaler's own memory: hand it back with `release`. */
  readonly frame: Frame;
  readonly scores: FrameScores;
  /** Share of the picture, 0 to 1, that was copied from the frame before. */
  readonly reused: number;
};

/** Milliseconds of all threads together, by what they were spent on. */
export type UpscalerTimings = {
  readonly inferenceMs: number;
  readonly chromaMs: number;
  readonly scoresMs: number;
};

/** Enlarges frames. Holds threads and sessions until disposed. */
export interface Upscaler extends AsyncDisposable {
  readonly scale: number;
  /** What really runs, e.g. `cpu` or `cuda:0`; never merely what was asked for. */
  readonly provider: string;
  /** The precision in which the network computes. */
  readonly precision: Precision;
  /** Layout of the larger frames. */
  readonly layout: FrameLayout;
  /** `rgb` where the model takes RGB, so that luma and chroma went through a conversion. */
  readonly colourPath: 'yuv' | 'rgb';
  /** The sums over all frames so far. */
  readonly timings: UpscalerTimings;
  /**
   * Enlarges a frame. Calls may overlap, up to `workers` + 2; give the frames in order. A frame,
   * its reference and its enlargement must stay untouched until the next frame's result
   * has come. `reference`, of the larger frames' layout, is what the result is measured against.
   * `around` are the two frames before it and the two after, which must stay untouched as well;
   * `null` where the clip has none. They are needed for `steady` alone. Rejects with VsrError
   * `model`, `provider` or `interrupted`.
   */
  upscale(frame: Frame, reference?: Frame, around?: readonly (Frame | null)[]): Promise<Upscaled>;
  /** Takes back a larger frame's memory. */
  release(frame: Frame): void;
}

/**
 * Starts the threads and their sessions. Fails with VsrError 'provider' or 'model', always before
 * the first frame.
 */
export async function openUpscaler(options: UpscalerOptions): Promise<Upscaler> {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw badValue('a positive integer', 'workers', options.workers);
  }
  const spec = enlargerSpec(options);
  const pool = await WorkerPool.open(spec, options.workers, options.deviceFrameMs);
  return new ThreadedUpscaler(options, spec, pool);
}

/** What each thread is started with. Throws VsrError `option` for a precision the chain lacks. */
function enlargerSpec(options: UpscalerOptions): Omit<EnlargerSpec, 'stop'> {
  const { chain, layout, precision: asked, signal } = options;
  const own = precisionOfPasses(chain.passes);
  if (asked !== 'auto' && (asked === 'int8') !== (own === 'int8')) {
    throw badValue(`auto or ${own}`, `precision of ${chain.names.join(' + ')}`, asked);
  }
  const candidates = candidatesIn(asked, own, options.provider);
  signal?.throwIfAborted();
  const { format, width, height } = layout;
  const hasDevice = candidates.some(({ name }) => name !== 'cpu');
  const isHalved = own === 'fp32' && asked !== 'fp32' && hasDevice;
  const graph = buildInferenceGraph(chain.passes, format.bitDepth);
  const larger = frameLayout(format, enlarged(width, chain.scale), enlarged(height, chain.scale));
  const { mask = null, siting } = options;
  return {
    graph,
    cpuGraph: buildInferenceGraph(chain.passes, format.bitDepth, 'cpu'),
    own,
    half: isHalved
      ? {
          bytes: buildInferenceGraph(chain.passes, format.bitDepth, 'half').bytes,
          demanded: asked === 'fp16',
        }
      : null,
    layout,
    larger,
    siting,
    chroma: options.chroma ?? 'bicubic',
    colour: { range: options.range, ...lumaShares(options.matrix ?? null, height) },
    scores: options.scores,
    reuse: options.reuse,
    steady: options.steady ?? false,
    mask: mask === null ? null : maskPlanes(mask, larger, siting, graph.colour === 'rgb'),
    candidates,
    triesFirst: false,
    runsElsewhere: null,
  };
}

/** Stands for a picture that is not needed. */
const nothing = new Uint8Array(0);

class ThreadedUpscaler implements Upscaler {
  readonly scale: number;
  readonly provider: string;
  readonly precision: Precision;
  readonly layout: FrameLayout;
  readonly colourPath: 'yuv' | 'rgb';
  readonly timings = { inferenceMs: 0, chromaMs: 0, scoresMs: 0 };
  readonly #options: UpscalerOptions;
  readonly #pool: WorkerPool;
  readonly #frames: FramePool;
  readonly #bicubics: FramePool;
  readonly #lumas: FramePool;
  /** Larger frames that a frame under way copies from, and those of them already handed back. */
  readonly #copiedFrom = new Map<Uint8Array, Frame | null>();
  /** The frame given last: the next one is compared with it. */
  #last: FrameTrace | null = null;

  constructor(options: UpscalerOptions, spec: Omit<EnlargerSpec, 'stop'>, pool: WorkerPool) {
    const { name, device } = pool.provider;
    this.scale = options.chain.scale;
    this.provider = name === 'cpu' ? name : `${name}:${device}`;
    this.precision = pool.precision;
    this.layout = spec.larger;
    this.colourPath = spec.graph.colour === 'rgb' ? 'rgb' : 'yuv';
    this.#options = options;
    this.#pool = pool;
    this.#frames = new FramePool(spec.larger);
    this.#bicubics = new FramePool(lumaLayout(spec.larger));
    this.#lumas = new FramePool(lumaLayout(spec.layout));
    options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  async upscale(
    frame: Frame,
    reference?: Frame,
    around: readonly (Frame | null)[] = [],
  ): Promise<Upscaled> {
    const { reuse, scores, steady, layout } = this.#options;
    const into = this.#frames.take(frame.index, frame.pts);
    const before = reuse || scores ? this.#last : null;
    const needsBicubic = scores || reference !== undefined;
    const trace: FrameTrace = {
      index: frame.index,
      input: frame.data,
      output: into.data,
      around: around.map((other) => other?.data ?? null),
      steadied: steady === true ? this.#lumas.take(0, 0).data : null,
      reference: reference?.data ?? null,
      follows: before !== null,
      bicubic: needsBicubic ? this.#bicubics.take(0, 0).data : nothing,
      ...sharedNumbers(layout.width, layout.height),
    };
    this.#last = trace;
    if (before !== null) this.#copiedFrom.set(before.output, null);
    try {
      const made = await this.#pool.run({ frame: trace, before });
      this.timings.inferenceMs += made.timings.inferenceMs;
      this.timings.chromaMs += made.timings.chromaMs;
      this.timings.scoresMs += made.timings.scoresMs;
      return { frame: into, scores: made.scores, reused: made.reused };
    } catch (error) {
      if (this.#last === trace) this.#last = null;
      this.#frames.release(into);
      throw error;
    } finally {
      if (before !== null) {
        this.#noLongerCopiedFrom(before.output);
        this.#takeBack(before);
      }
    }
  }

  release(frame: Frame): void {
    // A frame that has been handed back cannot be compared with; one that is being copied from is
    // kept until then.
    if (this.#last?.output === frame.data) {
      this.#takeBack(this.#last);
      this.#last = null;
    }
    if (this.#copiedFrom.has(frame.data)) this.#copiedFrom.set(frame.data, frame);
    else this.#frames.release(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    await this.#pool[Symbol.asyncDispose]();
  }

  readonly #abort = (): void => {
    void this.#pool.stop(new VsrError('interrupted', 'Interrupted while enlarging.'));
  };

  #takeBack({ bicubic, steadied }: FrameTrace): void {
    if (steadied !== null) this.#lumas.release({ index: 0, pts: 0, data: steadied });
    if (bicubic !== nothing) this.#bicubics.release({ index: 0, pts: 0, data: bicubic });
  }

  #noLongerCopiedFrom(output: Uint8Array): void {
    const handedBack = this.#copiedFrom.get(output);
    this.#copiedFrom.delete(output);
    if (handedBack != null) this.#frames.release(handedBack);
  }
}

/** New shared memory for the numbers of a `FrameTrace`; the source is `width` x `height`. */
function sharedNumbers(width: number, height: number) {
  return {
    ready: new Int32Array(new SharedArrayBuffer(4)),
    state: new Int32Array(new SharedArrayBuffer(4)),
    runs: new Int32Array(new SharedArrayBuffer(8)),
    sums: new Float64Array(new SharedArrayBuffer(8 * sumsLength(height))),
    still: new Uint8Array(new SharedArrayBuffer(stillLength(width, height))),
  };
}
