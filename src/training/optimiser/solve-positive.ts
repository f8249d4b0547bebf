/**
 * Solves A X = B for a symmetric positive definite A [n, n] and B [n, m], both row by row, by
 * Cholesky's factors. `a` and `b` are overwritten; X is `b`.
 */
export function solvePositive(
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
): Float64Array {
  for (let j = 0; j < n; j++) {
    const own = a.subarray(j * n, j * n + j);
    let pivot = a[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= own[k]! ** 2;
    if (!(pivot > 0)) throw new RangeError('the matrix is not positive definite');
    const root = Math.sqrt(pivot);
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      const row = a.subarray(i * n, i * n + j);
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * own[k]!;
      a[i * n + j] = sum / root;
    }
  }
  const subtract = (to: number, from: number, factor: number): void => {
    for (let c = 0; c < m; c++) b[to * m + c]! -= factor * b[from * m + c]!;
  };
  const divide = (row: number): void => {
    for (let c = 0; c < m; c++) b[row * m + c]! /= a[row * n + row]!;
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, a[i * n + k]!);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtract(i, k, a[k * n + i]!);
    divide(i);
  }
  return b;
}
