import type { Placement } from '../../src/core/optimize/dag/placement.ts';
import type { LinearModel, LinearRow } from '../../src/ports/solver.ts';

/**
 * Placement as SkyPilot models it (Yang et al., NSDI 2023, section 4.2), to be compared with: a
 * binary for each task and place, exactly one of them; and for each two coupled tasks and their
 * places what both together say, as y with row and column sums, which is a closer relaxation than
 * y ≥ x + x' − 1. In the paper a binary is an option; options of one place are one here already,
 * without which no model of these sizes could be loaded. Costs in dollars.
 */
export function oneHotPlacement({ nodes, pairs }: Placement): LinearModel {
  const cost: number[] = [];
  const rows: LinearRow[] = [];
  const firsts = nodes.map(({ costs }) => {
    const first = cost.length;
    cost.push(...Array.from(costs, (micros) => micros / MICROS_PER_USD));
    const columns = [...costs.keys()].map((place) => first + place);
    rows.push({ columns, values: columns.map(() => 1), lower: 1, upper: 1 });
    return first;
  });
  const binaries = cost.length;
  for (const { low, high, costs } of pairs) {
    const [height, width] = [nodes[low]!.costs.length, nodes[high]!.costs.length];
    const first = cost.length;
    cost.push(...Array.from(costs, (micros) => micros / MICROS_PER_USD));
    for (let row = 0; row < height; row++) {
      const columns = Array.from({ length: width }, (_, column) => first + row * width + column);
      rows.push(sumIs(columns, firsts[low]! + row));
    }
    for (let column = 0; column < width; column++) {
      const columns = Array.from({ length: height }, (_, row) => first + row * width + column);
      rows.push(sumIs(columns, firsts[high]! + column));
    }
  }
  return {
    cost,
    lower: cost.map(() => 0),
    upper: cost.map(() => 1),
    integer: cost.map((_, column) => column < binaries),
    rows,
  };
}

const MICROS_PER_USD = 1e6;

function sumIs(columns: readonly number[], of: number): LinearRow {
  return {
    columns: [...columns, of],
    values: [...columns.map(() => 1), -1],
    lower: 0,
    upper: 0,
  };
}
