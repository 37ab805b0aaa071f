import type { Limits, Problem, ProblemOffer, ProblemTask } from './problem.ts';

/**
 * Whether two tasks ask the same, so that what is best for one by itself is best for the other: each
 * option of the one is the option of the other in the same place. Tasks that only ever run one after
 * the other have offers of their own, which may be the same.
 */
export function areAlike({ offers }: Problem, one: ProblemTask, other: ProblemTask): boolean {
  if (one.providersMin !== other.providersMin || one.shareMax !== other.shareMax) return false;
  if (!haveSameLimits(one.limits, other.limits)) return false;
  const [{ options, ...work }, { options: others, ...otherWork }] = [one.work, other.work];
  if (JSON.stringify(work) !== JSON.stringify(otherWork)) return false;
  if (options === others) return true;
  return (
    options.length === others.length &&
    options.every((option, index) => isSame(offers, option, others[index]!))
  );
}

function haveSameLimits(one: Limits, other: Limits): boolean {
  return (
    one.deadlineS === other.deadlineS &&
    one.budgetMicros === other.budgetMicros &&
    one.nanosPerHourMax === other.nanosPerHourMax
  );
}

type Option = ProblemTask['work']['options'][number];

function isSame(offers: readonly ProblemOffer[], one: Option, other: Option): boolean {
  if (one === other) return true;
  if (!isSameOffer(offers[one.offer]!, offers[other.offer]!)) return false;
  if ('throughputs' in one || 'throughputs' in other) {
    const speeds = [one, other].map((each) => 'throughputs' in each && each.throughputs.join());
    return speeds[0] === speeds[1];
  }
  if ('throughput' in one || 'throughput' in other) {
    return 'throughput' in one && 'throughput' in other && one.throughput === other.throughput;
  }
  return (
    one.machines === other.machines &&
    one.hours === other.hours &&
    one.startS === other.startS &&
    one.extraMicros === other.extraMicros
  );
}

/** In all that an answer is judged by; those that take of pools or change their price are their own. */
function isSameOffer(one: ProblemOffer, other: ProblemOffer): boolean {
  if (one === other) return true;
  const isPlain = [one, other].every(
    ({ uses, laterPrices }) => uses.length === 0 && laterPrices.length === 0,
  );
  return (
    isPlain &&
    one.id === other.id &&
    one.provider === other.provider &&
    one.region === other.region &&
    one.zone === other.zone &&
    one.nanosPerHour === other.nanosPerHour &&
    one.billingIncrementS === other.billingIncrementS &&
    one.billingMinimumS === other.billingMinimumS &&
    one.available === other.available &&
    one.gramsPerHour === other.gramsPerHour
  );
}
