import type { FrameLayout } from '../../planes/pixel-format.js';
import {
  emptyPlace,
  placeOf,
  wovenPlace,
  type FieldOrder,
  type FootageRun,
  type RunPlan,
} from '../source/footage-runs.js';

/**
 * The pictures that ffmpeg gives for each frame, one below the other: the frame itself, then for
 * each of `orders` the pictures that the deinterlacer makes of the frame with that field order.
 */
export type Stack = {
  readonly orders: readonly FieldOrder[];
  /** `field`: one picture of each field; `frame`: only one, of the first field. */
  readonly rate: 'frame' | 'field';
};

/** The combed frames of a run. */
function combedIn({ runs, combed }: RunPlan, run: FootageRun): readonly number[] {
  const end = runs[runs.indexOf(run) + 1]?.first ?? Infinity;
  return combed.filter((number) => number >= run.first && number < end);
}

/** Whether a run of film may hold a picture with only one field, which is deinterlaced instead. */
function lacksFields(plan: RunPlan, run: FootageRun): boolean {
  if (run.cadence === '2:2' || placeOf(run, run.first) === wovenPlace) return true;
  return combedIn(plan, run).length > 0;
}

/** Whether a run of film ends with a frame whose second field alone shows a picture. */
function endsWithField(plan: RunPlan, run: FootageRun): boolean {
  if (run.cadence !== '3:2') return false;
  return combedIn(plan, run).some((number) => placeOf(run, number) === emptyPlace);
}

/** The stack that a plan needs. */
export function stackOf(plan: RunPlan): Stack {
  const needed = plan.runs.filter((run) =>
    run.kind === 'video'
      ? plan.videoRate !== null
      : run.kind === 'film' && plan.weavesFilm && lacksFields(plan, run),
  );
  const orders = [...new Set(needed.map(({ order }) => order ?? 'top'))];
  const needsSecond = plan.weavesFilm && plan.runs.some((run) => endsWithField(plan, run));
  return { orders, rate: needsSecond ? 'field' : (plan.videoRate ?? 'frame') };
}

/** Number of pictures in a stack. */
export function stackHeight({ orders, rate }: Stack): number {
  return 1 + orders.length * (rate === 'field' ? 2 : 1);
}

/** Copies pictures out of the stacks that ffmpeg gives. */
export class StackedPictures {
  readonly #layout: FrameLayout;
  readonly #stack: Stack;
  readonly #height: number;
  /** The line of the uncropped frame that is the pictures' first line. */
  readonly #firstLine: number;
  readonly #buffers: readonly Uint8Array[];
  #turn = 0;

  constructor(layout: FrameLayout, stack: Stack, firstLine: number) {
    this.#layout = layout;
    this.#stack = stack;
    this.#height = stackHeight(stack);
    this.#firstLine = firstLine;
    this.#buffers = [0, 1, 2].map(() => new Uint8Array(this.frameBytes));
  }

  /** Bytes of a stack. */
  get frameBytes(): number {
    return this.#height * this.#layout.byteLength;
  }

  /** Memory for a stack. It is reused three stacks later. */
  buffer(): Uint8Array {
    return this.#buffers[this.#turn++ % this.#buffers.length]!;
  }

  /** Copies the whole frame. */
  whole(from: Uint8Array, to: Uint8Array): void {
    this.#copy(from, 0, to);
  }

  /** Copies the deinterlacer's picture of the first (0) or second (1) field, by `order`. */
  field(from: Uint8Array, order: FieldOrder, number: 0 | 1, to: Uint8Array): void {
    const place = this.#stack.orders.indexOf(order) * (this.#stack.rate === 'field' ? 2 : 1);
    this.#copy(from, 1 + place + number, to);
  }

  /** Puts together the first field of `from` and the second field of the frame `before`. */
  woven(from: Uint8Array, before: Uint8Array, first: FieldOrder, to: Uint8Array): void {
    const { planes, sampleBytes, format } = this.#layout;
    planes.forEach(({ offset, width, height }, number) => {
      const isChroma = number === 1 || number === 2;
      const above = isChroma ? this.#firstLine >> (format.chroma?.log2Y ?? 0) : this.#firstLine;
      const bytes = width * sampleBytes;
      for (let row = 0; row < height; row++) {
        const isTop = (row + above) % 2 === 0;
        const source = isTop === (first === 'top') ? from : before;
        const at = this.#height * offset + row * bytes;
        to.set(source.subarray(at, at + bytes), offset + row * bytes);
      }
    });
  }

  #copy(from: Uint8Array, number: number, to: Uint8Array): void {
    const { planes, sampleBytes } = this.#layout;
    for (const { offset, width, height } of planes) {
      const bytes = width * height * sampleBytes;
      const at = this.#height * offset + number * bytes;
      to.set(from.subarray(at, at + bytes), offset);
    }
  }
}
