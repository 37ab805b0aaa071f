/** Below it a pivot counts as zero: its row depends on those before it, and its unknown is 0. */
const PIVOT_MIN = 1e-30;
const PIVOT_OF_DEPENDENT = 1e30;

/**
 * S = L·Lᵀ in place, lower triangle, row after row of an n × n array, for a positive semidefinite S.
 * Reference: Wright, Primal-Dual Interior-Point Methods (1997), chapter 11, on tiny pivots.
 */
export function factorize(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const at = row * n;
    for (let column = 0; column <= row; column++) {
      const other = column * n;
      let rest = matrix[at + column]!;
      for (let k = 0; k < column; k++) rest -= matrix[at + k]! * matrix[other + k]!;
      if (column < row) matrix[at + column] = rest / matrix[other + column]!;
      else matrix[at + row] = rest > PIVOT_MIN ? Math.sqrt(rest) : PIVOT_OF_DEPENDENT;
    }
  }
}

/** The solution of L·Lᵀ·x = b, in the place of b. */
export function solveFactorized(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let rest = b[row]!;
    for (let k = 0; k < row; k++) rest -= factor[row * n + k]! * b[k]!;
    b[row] = rest / factor[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    const value = b[row]! / factor[row * n + row]!;
    b[row] = value;
    for (let k = 0; k < row; k++) b[k]! -= factor[row * n + k]! * value;
  }
}
