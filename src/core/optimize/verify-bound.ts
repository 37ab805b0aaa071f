import { assert } from '../../base/assert.ts';
import { addMicros, asMicros, divideHalfEven, type Micros } from '../../base/money.ts';
import { hireCost } from '../match/hire-cost.ts';
import { type CoverProblem, coverProblem } from './model/cover-problem.ts';
import {
  type Certificate,
  divisibleWork,
  type Fraction,
  type TaskProblem,
} from './model/task-problem.ts';
import { undominated } from './model/undominated.ts';
import { coverByDp } from './search/cover-by-dp.ts';

/**
 * What no plan of a task can beat, computed anew from its certificate: an enumeration or a
 * recurrence is redone, duals are multiplied out in exact integers. `hoursMax` limits the plans
 * that count to those as fast; null for all. Bounds are whole micro-dollars, as bills are.
 */
export function boundOf(
  problem: TaskProblem,
  certificate: Certificate,
  hoursMax: number | null,
): Micros {
  const work = divisibleWork(problem.task);
  if (work === null) {
    assert(certificate.proof === 'enumeration', 'indivisible work is proven by enumeration');
    return cheapestWay(problem, hoursMax);
  }
  const { task, candidates } = problem;
  const cover = undominated(coverProblem(work, candidates, task.goal.deadlineMs));
  switch (certificate.proof) {
    case 'dp':
      return asBilled(BigInt(coverByDp(cover)?.cost ?? 0), BigInt(cover.costScale));
    case 'duals':
      return dualBound(cover, certificate.price);
    case 'enumeration':
      return assertNever();
  }
}

/** Of several tasks together; those that choose from the very same candidates are bounded once. */
export function sumOfBounds(
  tasks: readonly {
    readonly problem: TaskProblem;
    readonly certificate: Certificate;
    readonly hoursMax: number | null;
  }[],
): Micros {
  const known: { readonly task: (typeof tasks)[number]; readonly bound: Micros }[] = [];
  const bounds = tasks.map((task) => {
    const { problem, certificate, hoursMax } = task;
    const isSame = ({ task: other }: { readonly task: typeof task }): boolean =>
      certificate.proof === 'enumeration' &&
      other.certificate.proof === 'enumeration' &&
      other.problem.candidates === problem.candidates &&
      other.hoursMax === hoursMax;
    const bound = known.find(isSame)?.bound ?? boundOf(problem, certificate, hoursMax);
    known.push({ task, bound });
    return bound;
  });
  return addMicros(...bounds);
}

function cheapestWay({ candidates }: TaskProblem, hoursMax: number | null): Micros {
  let least = Infinity;
  for (const { offer, machines, hours } of candidates) {
    assert(hours !== null, 'a bound needs hours');
    if (hoursMax !== null && hours.mid > hoursMax) continue;
    least = Math.min(least, hireCost(offer, { machines, hours: hours.mid }));
  }
  return asMicros(least);
}

/** λ·need − Σ cap·max(0, λ·units − cost) for any price λ ≥ 0 (weak duality), in exact integers. */
export function dualBound(cover: CoverProblem, { of, per }: Fraction): Micros {
  let bound = BigInt(of) * BigInt(cover.need);
  for (const { units, cost, cap } of cover.items) {
    const surplus = BigInt(of) * BigInt(units) - BigInt(per) * BigInt(cost);
    if (surplus > 0n) bound -= BigInt(cap) * surplus;
  }
  return asMicros(bound <= 0n ? 0 : Number(bound / (BigInt(cover.costScale) * BigInt(per))));
}

/** Scaled cost to micro-dollars, rounded as bills are. */
function asBilled(cost: bigint, scale: bigint): Micros {
  return asMicros(Number(divideHalfEven(cost, scale)));
}

function assertNever(): never {
  assert(false, 'divisible work is not proven by enumeration');
}
