import type { Plane } from '../../planes/plane.js';
import { RowKernels } from '../bicubic/row-kernels.js';

/**
 * Measures how much two planes of one size differ, by square blocks; incomplete blocks at the edge
 * are left out.
 */
export type BlockChanges = {
  /** Whole blocks in a row, and rows of them. */
  readonly columns: number;
  readonly rows: number;
  /**
   * The sums of absolute differences in each block of the row of blocks numbered `row`, in sample
   * values. The next call overwrites them.
   */
  row(before: Plane, now: Plane, row: number): Float64Array;
};

/**
 * Prepares measuring planes of `width` x `height` by blocks of `side` samples, a multiple of 4,
 * with the vector kernels.
 */
export function blockChanges(
  width: number,
  height: number,
  sampleBytes: 1 | 2,
  side: number,
): BlockChanges {
  const kernels = new RowKernels();
  const { run } = kernels;
  const columns = Math.floor(width / side);
  const rows = Math.floor(height / side);
  const samples = columns === 0 ? 0 : width * side;
  const a = kernels.row(samples, sampleBytes);
  const b = kernels.row(samples, sampleBytes);
  const fours = kernels.row((columns * side) / 4, 4);
  const view = (at: number): Uint8Array | Uint16Array =>
    sampleBytes === 1 ? kernels.bytes(at, samples) : kernels.shorts(at, samples);
  // No rows are allocated after this, so that the views stay valid.
  const [intoA, intoB] = [view(a), view(b)];
  const sums = kernels.ints(fours, (columns * side) / 4);
  const changes = sampleBytes === 1 ? run.changes8 : run.changes16;
  const result = new Float64Array(columns);
  return {
    columns,
    rows,
    row(before, now, row) {
      const start = row * side * width;
      intoA.set(before.data.subarray(start, start + samples));
      intoB.set(now.data.subarray(start, start + samples));
      sums.fill(0);
      for (let y = 0; y < side; y++) {
        const at = y * width * sampleBytes;
        changes(a + at, b + at, fours, columns * side);
      }
      for (let column = 0, i = 0; column < columns; column++) {
        let sum = 0;
        for (const end = i + side / 4; i < end; i++) sum += sums[i]!;
        result[column] = sum;
      }
      return result;
    },
  };
}
