import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { InferenceGraph } from '../../model/load/inference-graph.js';
import type { Runtime } from '../../model/runtime/onnx-runtime.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import type { Rect } from '../../planes/rect.js';
import { checkGuards, guardFetches } from './guards.js';
import { enlargedRect, type Window, windowFor } from './window.js';

type Samples = Uint8Array | Uint16Array;

/** Enlarges one frame after another, rectangle by rectangle, through one session. */
export interface Runner {
  /** From now on, rectangles are of `frame` and go to `into`. */
  begin(frame: Uint8Array, into: Uint8Array): void;
  /**
   * Enlarges `rect` of the frame, in source samples, into its place. Rejects with VsrError `model`
   * where the result cannot be a picture of the source.
   */
  run(rect: Rect): Promise<void>;
  /** Finishes the frame once all rectangles have run. */
  finish(): void;
}

/** Runs one session over rectangles of luma, with memory that all its runs use. */
export class LumaRunner implements Runner {
  readonly #ort: Runtime;
  readonly #session: InferenceSession;
  readonly #graph: InferenceGraph;
  readonly #layouts: readonly [FrameLayout, FrameLayout];
  // Plain memory, since the runtime refuses shared memory; grown once, used for every run.
  #input: Samples;
  #output: Samples;
  #planes: readonly [Plane, Plane] | undefined;

  constructor(
    ort: Runtime,
    session: InferenceSession,
    graph: InferenceGraph,
    layout: FrameLayout,
    larger: FrameLayout,
  ) {
    this.#ort = ort;
    this.#session = session;
    this.#graph = graph;
    this.#layouts = [layout, larger];
    this.#input = this.#samples(0);
    this.#output = this.#samples(0);
  }

  begin(frame: Uint8Array, into: Uint8Array): void {
    this.#planes = [planeOf(frame, this.#layouts[0], 0), planeOf(into, this.#layouts[1], 0)];
  }

  finish(): void {
    this.#planes = undefined;
  }

  async run(rect: Rect): Promise<void> {
    if (this.#planes === undefined) throw new Error('run() was called before begin()');
    const [source, target] = this.#planes;
    const { scale } = this.#graph;
    const window = windowFor(this.#graph, rect, source.width, source.height);
    const { taken, given } = window;
    const [width, height] = [taken.x1 - taken.x0, taken.y1 - taken.y0];
    this.#input = this.#atLeast(this.#input, width * height);
    copyWindow(source, taken, this.#input);
    const [outWidth, outHeight] = [(given.x1 - given.x0) * scale, (given.y1 - given.y0) * scale];
    this.#output = this.#atLeast(this.#output, outWidth * outHeight);
    const x = this.#tensor(this.#input, width, height);
    const y = this.#tensor(this.#output, outWidth, outHeight);
    const feeds = { x, ...jointFeeds(this.#ort, window) };
    const results = await this.#session.run(feeds, { y, ...guardFetches(this.#graph) });
    checkGuards(this.#graph, results, width * height, outWidth * outHeight);
    copyResult(this.#output, given, rect, scale, target);
  }

  #tensor(memory: Samples, width: number, height: number): Tensor {
    const data = memory.subarray(0, width * height);
    const type = data instanceof Uint8Array ? 'uint8' : 'uint16';
    return new this.#ort.Tensor(type, data, [1, 1, height, width]);
  }

  #samples(length: number): Samples {
    return this.#graph.type === 'uint8' ? new Uint8Array(length) : new Uint16Array(length);
  }

  #atLeast(memory: Samples, length: number): Samples {
    return memory.length >= length ? memory : this.#samples(length);
  }
}

/** The run-time inputs of the joints between passes. */
function jointFeeds(ort: Runtime, window: Window): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const [i, { starts, ends, pads }] of window.joints.entries()) {
    for (const [name, values] of Object.entries({ starts, ends, pads })) {
      const data = BigInt64Array.from(values, BigInt);
      feeds[`${name}${i + 1}`] = new ort.Tensor('int64', data, [values.length]);
    }
  }
  return feeds;
}

/** Copies a window into `target`, row by row; beyond the plane the edge is repeated. */
export function copyWindow(source: Plane, taken: Rect, target: Samples): void {
  const { data, width, height } = source;
  const rowLength = taken.x1 - taken.x0;
  const x0 = Math.max(0, taken.x0);
  const x1 = Math.min(width, taken.x1);
  let at = 0;
  for (let y = taken.y0; y < taken.y1; y++, at += rowLength) {
    const row = Math.min(Math.max(y, 0), height - 1) * width;
    target.set(data.subarray(row + x0, row + x1), at + x0 - taken.x0);
    if (x0 > taken.x0) target.fill(data[row]!, at, at + x0 - taken.x0);
    if (x1 < taken.x1) target.fill(data[row + width - 1]!, at + x1 - taken.x0, at + rowLength);
  }
}

/**
 * Copies `rect`'s part of a run's output, which covers `given`, to its place in the larger plane.
 */
function copyResult(output: Samples, given: Rect, rect: Rect, scale: number, target: Plane): void {
  const { x0, y0, x1, y1 } = enlargedRect(rect, scale);
  const top = given.y0 * scale;
  const rowLength = (given.x1 - given.x0) * scale;
  const length = x1 - x0;
  const to = target.data;
  if (length === rowLength && length === target.width) {
    const from = (y0 - top) * rowLength;
    to.set(output.subarray(from, from + (y1 - y0) * length), y0 * target.width);
    return;
  }
  for (let y = y0; y < y1; y++) {
    const from = (y - top) * rowLength + x0 - given.x0 * scale;
    to.set(output.subarray(from, from + length), y * target.width + x0);
  }
}
