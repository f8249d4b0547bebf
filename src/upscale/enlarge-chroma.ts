import type { FrameLayout } from '../planes/pixel-format.js';
import type { Plane } from '../planes/plane.js';
import { planeOf } from '../planes/frame.js';
import type { ChromaSiting } from '../planes/siting.js';
import { enlargingTaps, sitingShift } from './bicubic-taps.js';
import type { PlaneEnlarger } from './enlarge-plane.js';
import { rowEnlarger } from './row-enlarger.js';

/** Enlarges what is not luma: both chroma planes at their siting, and opacity. */
export type ChromaEnlarger = {
  /**
   * Fills chroma and alpha of the larger frame from the frame. Where `before` is given, a frame and
   * what was made of it, only what differs from it is computed.
   */
  enlarge(
    frame: Uint8Array,
    larger: Uint8Array,
    before?: { readonly input: Uint8Array; readonly output: Uint8Array },
  ): void;
};

/** Samples around a change that can look different, each way, in source samples. */
const reach = 4;

/** Prepares bicubic enlarging of the planes numbered `which`, all behind luma, from `layout` to `larger`. */
export function chromaEnlarger(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  siting: ChromaSiting,
  which: readonly number[],
): ChromaEnlarger {
  const { chroma, alpha, bitDepth } = layout.format;
  let planes: { number: number; enlarger: PlaneEnlarger }[] = [];
  const centred = enlargingTaps(scale);
  if (chroma !== null) {
    const shiftX = chroma.log2X === 1 ? sitingShift(scale, siting, 'x') : 0;
    const shiftY = chroma.log2Y === 1 ? sitingShift(scale, siting, 'y') : 0;
    const enlarger = rowEnlarger(
      enlargingTaps(scale, shiftX),
      enlargingTaps(scale, shiftY),
      layout.planes[1]!.width,
      bitDepth,
    );
    planes.push({ number: 1, enlarger }, { number: 2, enlarger });
  }
  if (alpha) {
    const enlarger = rowEnlarger(centred, centred, layout.width, bitDepth);
    planes.push({ number: layout.planes.length - 1, enlarger });
  }
  planes = planes.filter(({ number }) => which.includes(number));
  // One row as long as the source's width asks; odd pictures drop its last sample.
  const row =
    layout.sampleBytes === 1
      ? new Uint8Array(layout.width * scale)
      : new Uint16Array(layout.width * scale);
  return {
    enlarge(frame, into, before) {
      for (const { number, enlarger } of planes) {
        const source = planeOf(frame, layout, number);
        const target = planeOf(into, larger, number);
        enlarger.begin(source);
        const spans =
          before === undefined ? null : changedSpans(planeOf(before.input, layout, number), source);
        if (before !== undefined) target.data.set(planeOf(before.output, larger, number).data);
        for (let y = 0; y < target.height; y++) {
          const [x0, x1] = spans?.[Math.floor(y / scale)] ?? [0, source.width];
          const at = y * target.width + x0 * scale;
          const length = Math.min(target.width, x1 * scale) - x0 * scale;
          if (length <= 0) continue;
          if (length === (x1 - x0) * scale) enlarger.row(y, x0, x1, target.data, at);
          else {
            enlarger.row(y, x0, x1, row, 0);
            target.data.set(row.subarray(0, length), at);
          }
        }
      }
    },
  };
}

/** For each source row, the columns of it whose enlarging can differ between two planes; empty where none can. */
function changedSpans(before: Plane, now: Plane): [x0: number, x1: number][] {
  const { width, height } = now;
  const [a, b] = [before, now].map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  const rowBytes = width * now.data.BYTES_PER_ELEMENT;
  const spans = Array.from({ length: height }, (): [number, number] => [width, 0]);
  for (let y = 0; y < height; y++) {
    const start = y * rowBytes;
    if (a!.compare(b!, start, start + rowBytes, start, start + rowBytes) === 0) continue;
    let [x0, x1] = [y * width, (y + 1) * width];
    while (before.data[x0] === now.data[x0]) x0++;
    while (before.data[x1 - 1] === now.data[x1 - 1]) x1--;
    for (let near = Math.max(0, y - reach); near < Math.min(height, y + reach + 1); near++) {
      const span = spans[near]!;
      span[0] = Math.min(span[0], Math.max(0, x0 - y * width - reach));
      span[1] = Math.max(span[1], Math.min(width, x1 - y * width + reach));
    }
  }
  return spans;
}
