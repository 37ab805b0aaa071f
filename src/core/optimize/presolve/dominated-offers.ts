import type { Problem, ProblemOffer } from '../model/problem.ts';
import type { Alike } from './alike-offers.ts';
import { machinesOfUse } from './useful-machines.ts';

/**
 * Offers that another beats, of which there is enough for everything: it costs no more, is billed no
 * more coarsely, takes no more of any pool, is as good a place, and does at least as much for each
 * task. Whatever uses the one can use the other instead. Only offers of divisible work, and only
 * where cost is minimized.
 */
export function dominatedOffers(
  problem: Problem,
  alike: readonly Alike[],
): readonly { readonly offer: number; readonly by: number }[] {
  if (problem.objective.minimize !== 'cost') return [];
  const useful = machinesOfUse(problem);
  if (!alike.some((members) => isEnough({ problem, useful }, members))) return [];
  const scope = { ...scopeOf(problem), useful };
  const sorted = alike
    .map(([first]) => first!)
    .filter((offer) => scope.work[offer] !== null)
    .sort((a, b) => problem.offers[a]!.nanosPerHour - problem.offers[b]!.nanosPerHour || a - b);
  const beaten: { offer: number; by: number }[] = [];
  const dominators: number[] = [];
  const membersOf = new Map(alike.map((members) => [members[0]!, members]));
  for (const offer of sorted) {
    const by = dominators.find((other) => beats(scope, { other, offer }));
    if (by !== undefined) {
      for (const member of membersOf.get(offer)!) beaten.push({ offer: member, by });
      continue;
    }
    if (isEnough(scope, membersOf.get(offer)!)) dominators.push(offer);
  }
  return beaten;
}

type Scope = {
  readonly problem: Problem;
  /** Of each offer what it does for each task; null where that is not divisible work. */
  readonly work: readonly (ReadonlyMap<number, number> | null)[];
  readonly useful: readonly number[];
  readonly isPlaceOpen: boolean;
};

function scopeOf(problem: Problem): Omit<Scope, 'useful'> {
  const work: (Map<number, number> | null)[] = problem.offers.map(() => new Map());
  problem.tasks.forEach((task, index) => {
    for (const option of task.work.options) {
      if (!('throughput' in option)) work[option.offer] = null;
      else {
        const best = work[option.offer]?.get(index) ?? 0;
        work[option.offer]?.set(index, Math.max(best, option.throughput));
      }
    }
  });
  const isSpread = problem.tasks.some(
    ({ providersMin, shareMax }) => providersMin > 1 || shareMax < 1,
  );
  return { problem, work, isPlaceOpen: !isSpread && problem.apart.length === 0 };
}

/** Null is any number; machines by the hour may be wanted for a moment, in any number. */
function isEnough(
  { problem, useful: byOffer }: Pick<Scope, 'problem' | 'useful'>,
  members: Alike,
): boolean {
  const available = members.map((member) => problem.offers[member]!.available);
  if (available.includes(null)) return true;
  const useful = byOffer[members[0]!]!;
  return available.reduce<number>((sum, more) => sum + more!, 0) >= useful;
}

function beats(
  { problem, work, isPlaceOpen }: Scope,
  { other, offer }: { readonly other: number; readonly offer: number },
): boolean {
  const [better, worse] = [problem.offers[other]!, problem.offers[offer]!];
  if (better.laterPrices.length > 0 || worse.laterPrices.length > 0) return false;
  if (better.nanosPerHour > worse.nanosPerHour) return false;
  if (worse.billingIncrementS % better.billingIncrementS !== 0) return false;
  if (better.billingMinimumS > worse.billingMinimumS) return false;
  if (!isPlaceOpen && !isSamePlace(better, worse)) return false;
  if (better.uses.some(({ pool, amount }) => amount > amountOf(worse, pool))) return false;
  const done = work[other]!;
  for (const [task, throughput] of work[offer]!) {
    if (throughput > (done.get(task) ?? 0)) return false;
  }
  return true;
}

function amountOf({ uses }: ProblemOffer, pool: number): number {
  return uses.reduce((sum, use) => (use.pool === pool ? sum + use.amount : sum), 0);
}

function isSamePlace(a: ProblemOffer, b: ProblemOffer): boolean {
  return a.provider === b.provider && a.region === b.region && a.zone === b.zone;
}
