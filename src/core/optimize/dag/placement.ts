/*
 * Problem: min Σ_t cost_t(x_t) + Σ_(s,t) cost_st(x_s, x_t): one place x_t for each task, where only
 * pairs of tasks are coupled: by what data costs between their places, by lying apart.
 * Method: the form that messages, elimination and branching work on.
 * Complexity: O(tasks × places + pairs × places²) memory.
 */

/** Tasks are in an order in which each has few neighbours before it; costs are whole micro-dollars. */
export type Placement = {
  readonly nodes: readonly PlaceNode[];
  readonly pairs: readonly Pair[];
};

export type PlaceNode = {
  /** Index of the task in the problem. */
  readonly task: number;
  /** Names of places, each once. */
  readonly places: readonly string[];
  /** The option that is cheapest there. */
  readonly options: readonly number[];
  readonly costs: Float64Array;
};

export type Pair = {
  /** Indices of nodes; low < high. */
  readonly low: number;
  readonly high: number;
  /** Row by row: one row for each place of the low node; infinite where it cannot be. */
  readonly costs: Float64Array;
};

/** A place for each node, as an index into its places. */
export type Choice = readonly number[];

export function choiceCost({ nodes, pairs }: Placement, choice: Choice): number {
  let cost = 0;
  for (const [index, node] of nodes.entries()) cost += node.costs[choice[index]!]!;
  for (const { low, high, costs } of pairs) {
    cost += costs[choice[low]! * nodes[high]!.places.length + choice[high]!]!;
  }
  return cost;
}

/** For each node, the indices of its pairs. */
export function pairsByNode({ nodes, pairs }: Placement): readonly (readonly number[])[] {
  const byNode: number[][] = nodes.map(() => []);
  for (const [index, { low, high }] of pairs.entries()) {
    byNode[low]!.push(index);
    byNode[high]!.push(index);
  }
  return byNode;
}

/** Of each node, the places that are left, by index, in order. */
export type Kept = readonly (readonly number[])[];

/** The same placement with fewer places. */
export function restrict(placement: Placement, kept: Kept): Placement {
  const { nodes, pairs } = placement;
  if (kept.every((own, node) => own.length === nodes[node]!.places.length)) return placement;
  return {
    nodes: nodes.map(({ task, places, options, costs }, index) => ({
      task,
      places: kept[index]!.map((place) => places[place]!),
      options: kept[index]!.map((place) => options[place]!),
      costs: Float64Array.from(kept[index]!, (place) => costs[place]!),
    })),
    pairs: pairs.map(({ low, high, costs }) => {
      const width = nodes[high]!.places.length;
      const [rows, columns] = [kept[low]!, kept[high]!];
      const left = new Float64Array(rows.length * columns.length);
      let at = 0;
      for (const row of rows) {
        for (const column of columns) left[at++] = costs[row * width + column]!;
      }
      return { low, high, costs: left };
    }),
  };
}

/**
 * What is left when every place without a possible partner at some neighbour is gone (arc
 * consistency, AC-3); null when a task has none left.
 */
export function possible(placement: Placement): Kept | null {
  const kept = placement.nodes.map(({ places }) => places.map(() => true));
  const strict = placement.pairs.filter(({ costs }) => costs.includes(Infinity));
  for (let isChanged = strict.length > 0; isChanged; ) {
    isChanged = false;
    for (const pair of strict) isChanged = dropAlone(placement, pair, kept) || isChanged;
  }
  const left = kept.map((flags) => flags.flatMap((isKept, place) => (isKept ? [place] : [])));
  return left.every((places) => places.length > 0) ? left : null;
}

function dropAlone({ nodes }: Placement, pair: Pair, kept: readonly boolean[][]): boolean {
  const [rows, columns] = [kept[pair.low]!, kept[pair.high]!];
  const width = nodes[pair.high]!.places.length;
  const hasRow = rows.map(() => false);
  const hasColumn = columns.map(() => false);
  for (let row = 0; row < rows.length; row++) {
    if (!rows[row]) continue;
    for (let column = 0; column < width; column++) {
      if (!columns[column] || pair.costs[row * width + column] === Infinity) continue;
      hasRow[row] = true;
      hasColumn[column] = true;
    }
  }
  let isChanged = false;
  for (const [flags, has] of [
    [rows, hasRow],
    [columns, hasColumn],
  ] as const) {
    for (let place = 0; place < flags.length; place++) {
      if (!flags[place] || has[place]) continue;
      flags[place] = false;
      isChanged = true;
    }
  }
  return isChanged;
}
