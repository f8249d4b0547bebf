import type { Taps } from './bicubic-taps.js';
import { planeEnlarger, type PlaneEnlarger } from './enlarge-plane.js';
import { KernelRows, kernelsFit, SampleRows } from './kernel-rows.js';
import { RowKernels } from './row-kernels.js';

/**
 * Source rows that are kept: the four that a larger row reads, and more, so that the next larger
 * rows find them. A power of two.
 */
const rowsKept = 8;

/**
 * Bicubic enlarging by the vector kernels where they fit, otherwise in plain JavaScript. The values
 * are the same.
 */
export function rowEnlarger(
  horizontal: Taps,
  vertical: Taps,
  width: number,
  bitDepth: number,
): PlaneEnlarger {
  if (!kernelsFit(horizontal, vertical, bitDepth)) {
    return planeEnlarger(horizontal, vertical, width, bitDepth);
  }
  const kernels = new RowKernels();
  const scale = horizontal.first.length;
  const source = new SampleRows(kernels, width, bitDepth === 8 ? 1 : 2, rowsKept);
  const rows = new KernelRows(kernels, horizontal, vertical, width, bitDepth);
  const bytes = kernels.row(width * scale, 1);
  return {
    begin: (plane) => source.begin(plane),
    row(row, x0, x1, target, offset) {
      const n = (x1 - x0) * scale;
      const at = rows.row(source, width, row, x0, x1);
      if (bitDepth === 8) {
        kernels.run.narrow(at, bytes, n);
        target.set(kernels.bytes(bytes, n), offset);
      } else {
        target.set(kernels.shorts(at, n), offset);
      }
    },
  };
}
