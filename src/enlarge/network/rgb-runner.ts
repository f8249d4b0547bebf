import type { InferenceSession } from 'onnxruntime-node';
import type { InferenceGraph } from '../../model/load/inference-graph.js';
import type { Runtime } from '../../model/runtime/onnx-runtime.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { sitingPlace } from '../bicubic/bicubic-taps.js';
import { type Rect } from '../../planes/rect.js';
import type { Runner } from './luma-runner.js';
import { checkGuards, guardFetches } from './guards.js';
import { enlargedRect, windowFor } from './window.js';

/** How stored samples become red, green and blue. */
export type ColourNumbers = {
  readonly range: 'tv' | 'pc';
  /** Shares of red and blue in luma. */
  readonly kr: number;
  readonly kb: number;
};

type Samples = Uint8Array | Uint16Array;

/** Black, the span of luma and of chroma, and chroma's middle, in stored samples. */
function levels(range: 'tv' | 'pc', bitDepth: number) {
  const unit = 2 ** (bitDepth - 8);
  const peak = 2 ** bitDepth - 1;
  const middle = 128 * unit;
  return range === 'tv'
    ? { black: 16 * unit, luma: 219 * unit, chroma: 224 * unit, middle, peak }
    : { black: 0, luma: peak, chroma: peak, middle, peak };
}

/** The frames that a runner reads and writes. */
type RgbFrames = {
  readonly layout: FrameLayout;
  readonly larger: FrameLayout;
  readonly siting: ChromaSiting;
  readonly colour: ColourNumbers;
};

/**
 * Runs a model that takes RGB: the exception to "a frame never passes through RGB". Chroma is
 * brought to luma's size, the picture converted, enlarged, converted back, and chroma reduced
 * again.
 */
export class RgbRunner implements Runner {
  readonly #ort: Runtime;
  readonly #session: InferenceSession;
  readonly #graph: InferenceGraph;
  readonly #layout: FrameLayout;
  readonly #larger: FrameLayout;
  readonly #siting: ChromaSiting;
  readonly #colour: ColourNumbers;
  /** Chroma of the larger picture at luma's size, rounded up to whole chroma samples. */
  readonly #wide: readonly Plane[];
  #source: readonly Plane[] = [];
  #into: Uint8Array | undefined;

  constructor(
    ort: Runtime,
    session: InferenceSession,
    graph: InferenceGraph,
    { layout, larger, siting, colour }: RgbFrames,
  ) {
    this.#ort = ort;
    this.#session = session;
    this.#graph = graph;
    this.#layout = layout;
    this.#larger = larger;
    this.#siting = siting;
    this.#colour = colour;
    const { chroma } = layout.format;
    const width = chroma === null ? 0 : larger.planes[1]!.width << chroma.log2X;
    const height = chroma === null ? 0 : larger.planes[1]!.height << chroma.log2Y;
    const make = (): Samples =>
      layout.sampleBytes === 1 ? new Uint8Array(width * height) : new Uint16Array(width * height);
    this.#wide = chroma === null ? [] : [0, 1].map(() => ({ data: make(), width, height }));
  }

  begin(frame: Uint8Array, into: Uint8Array): void {
    const { chroma, bitDepth } = this.#layout.format;
    this.#into = into;
    const luma = planeOf(frame, this.#layout, 0);
    if (chroma === null) {
      this.#source = [luma];
      return;
    }
    const place = sitingPlace(this.#siting);
    const planes = [1, 2].map((number) => {
      const plane = planeOf(frame, this.#layout, number);
      // Luma sample j lies at chroma (j - place) / 2, where centred resizing has (j - 1/2) / 2.
      return resizePlane(
        plane,
        plane.width << chroma.log2X,
        plane.height << chroma.log2Y,
        bitDepth,
        {
          shiftX: chroma.log2X === 1 ? (1 / 2 - place.x) / 2 : 0,
          shiftY: chroma.log2Y === 1 ? (1 / 2 - place.y) / 2 : 0,
        },
      );
    });
    this.#source = [luma, ...planes];
  }

  async run(rect: Rect): Promise<void> {
    const { width, height } = this.#layout;
    const { scale } = this.#graph;
    const { taken, given } = windowFor(this.#graph, rect, width, height);
    const dims = [1, 3, taken.y1 - taken.y0, taken.x1 - taken.x0];
    const x = new this.#ort.Tensor('float32', this.#toRgb(taken), dims);
    const results = await this.#session.run({ x }, { y: null, ...guardFetches(this.#graph) });
    const { y } = results;
    checkGuards(this.#graph, results, x.size, y!.size);
    this.#fromRgb(y!.data as Float32Array, given, rect, scale);
  }

  finish(): void {
    const { chroma, bitDepth } = this.#layout.format;
    if (chroma === null || this.#into === undefined) return;
    const place = sitingPlace(this.#siting);
    for (const [i, wide] of this.#wide.entries()) {
      this.#repeatEdges(wide);
      const target = planeOf(this.#into, this.#larger, i + 1);
      const reduced = resizePlane(wide, target.width, target.height, bitDepth, {
        shiftX: chroma.log2X === 1 ? place.x - 1 / 2 : 0,
        shiftY: chroma.log2Y === 1 ? place.y - 1 / 2 : 0,
      });
      target.data.set(reduced.data);
    }
  }

  /** Fills the samples that chroma has beyond luma in pictures of odd size. */
  #repeatEdges({ data, width, height }: Plane): void {
    const { width: w, height: h } = this.#larger;
    for (let y = 0; y < h && w < width; y++) data[y * width + w] = data[y * width + w - 1]!;
    if (h < height) data.copyWithin(h * width, (h - 1) * width, h * width);
  }

  #toRgb(taken: Rect): Float32Array {
    const { width, height } = this.#layout;
    const { black, luma, chroma, middle } = levels(
      this.#colour.range,
      this.#layout.format.bitDepth,
    );
    const { kr, kb } = this.#colour;
    const kg = 1 - kr - kb;
    const area = (taken.x1 - taken.x0) * (taken.y1 - taken.y0);
    const rgb = new Float32Array(3 * area);
    const [y, cb, cr] = this.#source;
    let at = 0;
    for (let row = taken.y0; row < taken.y1; row++) {
      const v = Math.min(Math.max(row, 0), height - 1);
      for (let column = taken.x0; column < taken.x1; column++, at++) {
        const u = Math.min(Math.max(column, 0), width - 1);
        const light = (y!.data[v * width + u]! - black) / luma;
        const b = cb === undefined ? 0 : (cb.data[v * cb.width + u]! - middle) / chroma;
        const r = cr === undefined ? 0 : (cr.data[v * cr.width + u]! - middle) / chroma;
        const red = light + 2 * (1 - kr) * r;
        const blue = light + 2 * (1 - kb) * b;
        rgb[at] = red;
        rgb[at + area] = (light - kr * red - kb * blue) / kg;
        rgb[at + 2 * area] = blue;
      }
    }
    return rgb;
  }

  #fromRgb(rgb: Float32Array, given: Rect, rect: Rect, scale: number): void {
    const target = planeOf(this.#into!, this.#larger, 0);
    const { black, luma, chroma, middle, peak } = levels(
      this.#colour.range,
      this.#layout.format.bitDepth,
    );
    const { kr, kb } = this.#colour;
    const width = (given.x1 - given.x0) * scale;
    const area = width * (given.y1 - given.y0) * scale;
    const stored = (value: number): number => Math.min(peak, Math.max(0, Math.floor(value + 0.5)));
    const [cb, cr] = this.#wide;
    const { x0, y0, x1, y1 } = enlargedRect(rect, scale);
    for (let row = y0; row < y1; row++) {
      let at = (row - given.y0 * scale) * width + x0 - given.x0 * scale;
      for (let column = x0; column < x1; column++, at++) {
        const red = rgb[at]!;
        const blue = rgb[at + 2 * area]!;
        const light = kr * red + (1 - kr - kb) * rgb[at + area]! + kb * blue;
        target.data[row * target.width + column] = stored(black + light * luma);
        if (cb === undefined || cr === undefined) continue;
        const place = row * cb.width + column;
        cb.data[place] = stored(middle + ((blue - light) / (2 * (1 - kb))) * chroma);
        cr.data[place] = stored(middle + ((red - light) / (2 * (1 - kr))) * chroma);
      }
    }
  }
}
