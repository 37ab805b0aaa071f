import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { ServingWork } from '../model/problem.ts';
import type { Term } from './linear-builder.ts';
import {
  isUsable,
  machinesMax,
  microsOfHours,
  type Part,
  type TaskParts,
  type TaskScope,
} from './part.ts';

type Option = ServingWork['options'][number];

/**
 * Whole machines of each option and shares of each bucket. `share ≤ machines` follows from whole
 * numbers and not from fractions: with it the relaxation is far closer.
 */
export function servingParts(scope: TaskScope): TaskParts {
  const { builder, problem, task, windowS } = scope;
  const { work } = problem.tasks[task]!;
  assert(work.kind === 'serving', 'these are the parts of serving');
  const inTime = work.hours * SECONDS_PER_HOUR <= windowS;
  const parts = inTime
    ? work.options.flatMap((option, index) => servingPart(scope, work, { option, index }))
    : [];
  const needRows = work.rates.map((_, bucket) => {
    const shares = parts.flatMap(({ hired }) => {
      const column = hired.kind === 'serving' ? hired.shares[bucket] : null;
      return column === null || column === undefined ? [] : [{ column, value: 1 }];
    });
    return { row: builder.row(shares, { lower: 1, upper: 1 }), factor: 1 };
  });
  return { parts, needRows };
}

function servingPart(
  { builder, problem, task }: TaskScope,
  { rates, hours }: ServingWork,
  { option, index }: { readonly option: Option; readonly index: number },
): readonly Part[] {
  const { offer, throughputs } = option;
  const loads = rates.map((rate, bucket) =>
    throughputs[bucket]! > 0 ? rate / throughputs[bucket]! : null,
  );
  const all = loads.reduce<number>((sum, load) => sum + (load ?? 0), 0);
  const upper = Math.min(machinesMax(problem, offer), Math.max(1, Math.ceil(all)));
  if (upper < 1 || !isUsable(problem, offer) || loads.every((load) => load === null)) return [];
  const column = builder.column({ upper, whole: true });
  const shares = loads.map((load) =>
    load === null ? null : builder.column({ upper: 1, whole: false }),
  );
  const load = shares.flatMap((share, bucket) =>
    share === null ? [] : [{ column: share, value: loads[bucket]! }],
  );
  builder.row([...load, { column, value: -1 }], { upper: 0 });
  for (const { column: share, value } of load) {
    if (value < 1)
      builder.row(
        [
          { column: share, value: 1 },
          { column, value: -1 },
        ],
        { upper: 0 },
      );
  }
  return [
    {
      task,
      option: index,
      offer,
      machines: [{ column, value: 1 }],
      machineHours: [{ column, value: hours }],
      micros: [{ column, value: microsOfHours(problem.offers[offer]!, hours) }],
      share: shareTerms(shares, rates),
      hired: { kind: 'serving', column, hours, startS: 0, shares },
    },
  ];
}

/** Of all requests, what this option takes. */
function shareTerms(shares: readonly (number | null)[], rates: readonly number[]): readonly Term[] {
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  return shares.flatMap((column, bucket) =>
    column === null || rates[bucket] === 0 ? [] : [{ column, value: rates[bucket]! / total }],
  );
}
