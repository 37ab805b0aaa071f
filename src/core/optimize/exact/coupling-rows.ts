import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Limits, Problem } from '../model/problem.ts';
import { type LinearBuilder, type Term, times } from './linear-builder.ts';
import type { NeedRow, Part } from './part.ts';
import type { TransferParts } from './transfer-rows.ts';

/** The rows of what tasks share, by which their duals are read; null where nothing can bind. */
export type CouplingRows = {
  readonly pools: readonly (NeedRow | null)[];
  readonly offers: readonly (number | null)[];
  readonly budget: number | null;
};

type Bought = { readonly parts: readonly Part[]; readonly transfers: readonly TransferParts[] };

const MICROS = 1e-3;

/** Pools, what is available of each offer, and the budgets: of all tasks, and of each its own. */
export function couplingRows(
  builder: LinearBuilder,
  problem: Problem,
  { parts, transfers }: Bought,
): CouplingRows {
  for (const [index, { limits }] of problem.tasks.entries()) {
    if (limits.budgetMicros === null) continue;
    const own = parts.filter(({ task }) => task === index).flatMap(({ micros }) => micros);
    // Who takes data pays for its way.
    const taken = transfers.filter(({ transfer }) => transfer.to === index);
    addBudget(builder, limits, [...own, ...taken.flatMap(({ micros }) => micros)]);
  }
  const all = [...parts, ...transfers].flatMap(({ micros }) => micros);
  return {
    pools: problem.pools.map((pool, index) => {
      const factor = pool.per === 'machine' ? 1 : SECONDS_PER_HOUR;
      const taken = parts.flatMap((part) => poolTerms(problem, part, index, pool.per));
      const row = limited(builder, times(taken, factor), pool.limit * factor);
      return row === null ? null : { row, factor };
    }),
    offers: offerRows(builder, problem, parts),
    budget: addBudget(builder, problem.limits, all),
  };
}

function poolTerms(
  { offers }: Problem,
  { offer, machines, machineHours }: Part,
  pool: number,
  per: 'machine' | 'machine-hour',
): readonly Term[] {
  const amounts = offers[offer]!.uses.filter((use) => use.pool === pool);
  const amount = amounts.reduce((sum, use) => sum + use.amount, 0);
  return amount === 0 ? [] : times(per === 'machine' ? machines : machineHours, amount);
}

/** Several tasks want the same offer, or several columns of one task are machines of it. */
function offerRows(
  builder: LinearBuilder,
  { offers }: Problem,
  parts: readonly Part[],
): readonly (number | null)[] {
  const byOffer = new Map<number, Term[]>();
  for (const { offer, machines } of parts) {
    const terms = byOffer.get(offer) ?? [];
    terms.push(...machines);
    byOffer.set(offer, terms);
  }
  return offers.map(({ available }, offer) => {
    const machines = byOffer.get(offer) ?? [];
    return available === null || machines.length < 2 ? null : limited(builder, machines, available);
  });
}

/** Thousandths of a dollar: a solver's tolerance of a millionth is then far below a micro-dollar. */
function addBudget(
  builder: LinearBuilder,
  { budgetMicros }: Limits,
  micros: readonly Term[],
): number | null {
  if (budgetMicros === null || micros.length === 0) return null;
  return builder.row(times(micros, MICROS), { upper: budgetMicros * MICROS });
}

/** A row where the limit can bind at all. */
function limited(builder: LinearBuilder, terms: readonly Term[], limit: number): number | null {
  return builder.most(terms) <= limit ? null : builder.row(terms, { upper: limit });
}
