/** Entries of one column after another: those of column j are from starts[j] up to starts[j + 1]. */
export type SparseColumns = {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
};

export type Choice = {
  /** Of each column. */
  readonly costs: Float64Array;
  /** Of each group, its columns; one of them is chosen. */
  readonly groups: readonly Int32Array[];
  /** Entries ≥ 0, of an increasing row; the first of each is 1, in the row of its group. */
  readonly columns: SparseColumns;
  /** Of each row: 1 of each group's, then what the other rows have at most. */
  readonly rights: Float64Array;
};
