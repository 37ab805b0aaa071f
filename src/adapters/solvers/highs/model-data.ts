import type { ModelData } from 'highs';
import type { LinearModel, LinearRow, SolverAnswer, SolverLimits } from '../../../ports/solver.ts';

/** A model as HiGHS takes it: typed arrays, which move to another thread without a copy. */
export type HighsModel = ModelData & {
  readonly colCost: Float64Array;
  readonly colLower: Float64Array;
  readonly colUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly integrality: Int32Array;
  readonly matrix: SparseRows;
};

type SparseRows = ModelData['matrix'] & {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
};

/** What the worker is asked. */
export type SolveRequest = { readonly model: HighsModel; readonly limits: SolverLimits };

/** What it says: once that HiGHS is loaded, then one of the others for each request. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: SolverAnswer }
  | { readonly kind: 'error'; readonly message: string };

/** HiGHS's code of an integer variable; 0 is a continuous one. */
const INTEGER = 1;

/** The same model in HiGHS's form: rows packed one after the other. */
export function toHighsModel(model: LinearModel): HighsModel {
  const { cost, lower, upper, integer, rows } = model;
  return {
    numCols: cost.length,
    numRows: rows.length,
    colCost: Float64Array.from(cost),
    colLower: Float64Array.from(lower),
    colUpper: Float64Array.from(upper),
    rowLower: Float64Array.from(rows, (row) => row.lower),
    rowUpper: Float64Array.from(rows, (row) => row.upper),
    integrality: Int32Array.from(integer, (whole) => (whole ? INTEGER : 0)),
    matrix: { format: 'csr', numCols: cost.length, numRows: rows.length, ...packRows(rows) },
  };
}

/** The buffers that may move with the model instead of being copied. */
export function buffersOf(model: HighsModel): ArrayBuffer[] {
  const { colCost, colLower, colUpper, rowLower, rowUpper, integrality, matrix } = model;
  const { starts, indices, values } = matrix;
  const arrays = [colCost, colLower, colUpper, rowLower, rowUpper, integrality];
  return [...arrays, starts, indices, values].map(({ buffer }) => buffer as ArrayBuffer);
}

function packRows(rows: readonly LinearRow[]) {
  const entries = rows.reduce((sum, { columns }) => sum + columns.length, 0);
  const starts = new Int32Array(rows.length + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  let end = 0;
  for (const [index, row] of rows.entries()) {
    indices.set(row.columns, end);
    values.set(row.values, end);
    end += row.columns.length;
    starts[index + 1] = end;
  }
  return { starts, indices, values };
}
