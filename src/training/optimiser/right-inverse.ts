/**
 * The right inverse of a matrix `a` [rows, columns] of full rank with rows <= columns:
 * Aᵀ (A Aᵀ)⁻¹,
 * [columns, rows]. Of all X with A X = 1 it is the smallest. By Cholesky's decomposition, in double
 * precision.
 */
export function rightInverse(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const lower = choleskyOf(a, rows, columns);
  const inverse = new Float64Array(columns * rows);
  const x = new Float64Array(rows);
  for (let column = 0; column < columns; column++) {
    // Solves (A Aᵀ) x = a column of A; A Aᵀ is symmetric, so x is a row of the inverse.
    for (let i = 0; i < rows; i++) {
      let sum = a[i * columns + column]!;
      for (let k = 0; k < i; k++) sum -= lower[i * rows + k]! * x[k]!;
      x[i] = sum / lower[i * rows + i]!;
    }
    for (let i = rows - 1; i >= 0; i--) {
      let sum = x[i]!;
      for (let k = i + 1; k < rows; k++) sum -= lower[k * rows + i]! * x[k]!;
      x[i] = sum / lower[i * rows + i]!;
    }
    inverse.set(x, column * rows);
  }
  return inverse;
}

/** The lower triangle L with L Lᵀ = A Aᵀ, [rows, rows]. */
function choleskyOf(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const lower = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += a[i * columns + c]! * a[j * columns + c]!;
      for (let k = 0; k < j; k++) sum -= lower[i * rows + k]! * lower[j * rows + k]!;
      lower[i * rows + j] = i === j ? Math.sqrt(sum) : sum / lower[j * rows + j]!;
    }
  }
  return lower;
}
