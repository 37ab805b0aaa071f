/**
 * Inverts a small square matrix, in place row by row with partial pivoting (Gauss–Jordan), into
 * `inverse`; both are row-major, and `matrix` is used up. False when it is singular. O(size³).
 */
export function invert(matrix: Float64Array, inverse: Float64Array, size: number): boolean {
  inverse.fill(0);
  for (let row = 0; row < size; row++) inverse[row * size + row] = 1;
  for (let column = 0; column < size; column++) {
    const pivot = pivotRow(matrix, size, column);
    const value = matrix[pivot * size + column]!;
    if (value === 0) return false;
    if (pivot !== column) {
      swapRows(matrix, size, [pivot, column]);
      swapRows(inverse, size, [pivot, column]);
    }
    scaleRow(matrix, size, { row: column, factor: 1 / value });
    scaleRow(inverse, size, { row: column, factor: 1 / value });
    for (let row = 0; row < size; row++) {
      const factor = row === column ? 0 : matrix[row * size + column]!;
      if (factor === 0) continue;
      subtractRow(matrix, size, { row, other: column, factor });
      subtractRow(inverse, size, { row, other: column, factor });
    }
  }
  return true;
}

function pivotRow(matrix: Float64Array, size: number, column: number): number {
  let best = column;
  for (let row = column + 1; row < size; row++) {
    const value = Math.abs(matrix[row * size + column]!);
    if (value > Math.abs(matrix[best * size + column]!)) best = row;
  }
  return best;
}

function swapRows(matrix: Float64Array, size: number, [a, b]: readonly [number, number]): void {
  for (let column = 0; column < size; column++) {
    const value = matrix[a * size + column]!;
    matrix[a * size + column] = matrix[b * size + column]!;
    matrix[b * size + column] = value;
  }
}

function scaleRow(
  matrix: Float64Array,
  size: number,
  { row, factor }: { readonly row: number; readonly factor: number },
): void {
  for (let at = row * size; at < (row + 1) * size; at++) matrix[at] = matrix[at]! * factor;
}

function subtractRow(
  matrix: Float64Array,
  size: number,
  by: { readonly row: number; readonly other: number; readonly factor: number },
): void {
  const { factor } = by;
  const [to, from] = [by.row * size, by.other * size];
  for (let column = 0; column < size; column++) {
    matrix[to + column] = matrix[to + column]! - factor * matrix[from + column]!;
  }
}
