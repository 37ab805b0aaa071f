import { KedgeError } from '../../../base/errors.ts';
import { asMicros, asRate, charge, type Micros, ZERO_MICROS } from '../../../base/money.ts';
import { SECOND_MS, SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Task, TaskFile } from '../../../spec/task.ts';
import { hireCost, wayCost } from '../../match/hire-cost.ts';
import { INLINE_PROVIDER } from '../../match/inline-provider.ts';
import { wholeScale } from '../cover/whole-scale.ts';
import { listRoutes } from '../dag/list-routes.ts';
import { transfersOf } from '../dag/transfers-of.ts';
import { nameOf, tooLargeToCount } from '../infeasible.ts';
import { servingWorkOf } from '../serving/serving-work.ts';
import { objectiveOf } from './minimized-by.ts';
import { PaidPools } from './paid-pools.ts';
import type {
  ChoiceWork,
  Limits,
  Objective,
  Problem,
  ProblemOffer,
  ProblemTask,
  Route,
} from './problem.ts';
import { stockOf } from './stock.ts';
import { type DivisibleWork, divisibleWork, hasHours, type TaskProblem } from './task-problem.ts';

/** An hour of what nobody says the end of, as of a service. */
const HOURS_UNKNOWN = 1;

export type ProblemOptions = {
  /** What data cost between regions, where tasks hand some to others. */
  readonly grid?: readonly Route[];
  /** False where tasks may wait for others to be done with what is limited. */
  readonly isShared?: boolean;
};

/**
 * TaskFile × candidates → Problem, of the tasks that were matched. Those that may run at the same time
 * share what is available of an offer; those that only ever run one after the other do not. Where
 * nothing tells how long a task takes, an hour of it counts. Errors: `spec.invalid` for tasks with
 * unlike goals, or a spread of what cannot be divided; `spec.bad-value` for too large numbers.
 */
export function problemOf(
  file: TaskFile,
  matched: readonly TaskProblem[],
  { grid = [], isShared = true }: ProblemOptions = {},
): Problem {
  const areTimed = matched.every(hasHours);
  // Nobody knows when what has no end is free again.
  const stock = stockOf(file, matched, isShared && areTimed);
  const isSpread = file.tasks.some(({ spread }) => spread !== null);
  const offers: ProblemOffer[] = [];
  const pools = new PaidPools(matched);
  const indices = new Map<string, number>();
  const places = new Map<Offer, number>();
  const indexOf = (offer: Offer, task: number): number => {
    const place = places.get(offer) ?? places.size;
    places.set(offer, place);
    const { available, sharers } = stock(offer, task);
    const key = `${place} ${sharers}`;
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, offers.length);
    const uses = pools.usesOf(offer, task);
    return offers.push(problemOffer(offer, { available, uses, isSpread })) - 1;
  };
  const alike = new Map<readonly Candidate[], Options>();
  const optionsOf = ({ index, candidates }: TaskProblem): readonly ChoiceOption[] => {
    const known = alike.get(candidates);
    if (known === undefined) {
      const all = candidates.map((way) => optionOf(way, indexOf(way.offer, index)));
      const limited = [...candidates.keys()].filter(
        (at) => candidates[at]!.offer.available !== null,
      );
      alike.set(candidates, { all, limited });
      return all;
    }
    // What is limited is another offer for tasks that run at other times.
    const others = known.limited.map((at) => indexOf(candidates[at]!.offer, index));
    if (known.limited.every((at, place) => known.all[at]!.offer === others[place]))
      return known.all;
    const all = [...known.all];
    known.limited.forEach((at, place) => (all[at] = { ...all[at]!, offer: others[place]! }));
    return all;
  };
  const position = new Map(matched.map(({ index }, at) => [index, at]));
  const tasks = matched.map((one) => {
    const needs = file.needs[one.index]!.flatMap((needed) => position.get(needed) ?? []);
    return taskOf(one, needs, { indexOf, optionsOf });
  });
  const isWhole = matched.length === file.tasks.length;
  return {
    schema: 'kedge.problem/v1',
    name: file.name,
    objective: commonObjective(matched),
    limits: NO_LIMITS,
    offers,
    pools: pools.all,
    tasks,
    // Without hours nothing has a cost, that of data neither.
    ...(isWhole && areTimed
      ? movesOf(file, { tasks, offers, grid })
      : { transfers: [], routes: [] }),
    apart: isWhole ? apartOf(file) : [],
  };
}

/** What tasks hand to each other, and what that costs between the places where they may be. */
function movesOf(
  file: TaskFile,
  {
    tasks,
    offers,
    grid,
  }: {
    readonly tasks: readonly ProblemTask[];
    readonly offers: readonly ProblemOffer[];
    readonly grid: readonly Route[];
  },
): Pick<Problem, 'transfers' | 'routes'> {
  const isChoice = (task: number): boolean => tasks[task]!.work.kind === 'choice';
  const transfers = transfersOf(file).filter(({ from, to }) => isChoice(from) && isChoice(to));
  const ends = new Set(transfers.flatMap(({ from, to }) => [from, to]));
  const used = new Set<number>();
  // Tasks that ask the same have the same options.
  for (const options of new Set([...ends].map((end) => tasks[end]!.work.options))) {
    for (const { offer } of options) used.add(offer);
  }
  const places = [...used].map((offer) => {
    const { provider, region } = offers[offer]!;
    return `${provider}/${region ?? ''}`;
  });
  return { transfers, routes: transfers.length === 0 ? [] : listRoutes(places, grid) };
}

const NO_LIMITS: Limits = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };

function commonObjective(matched: readonly TaskProblem[]): Objective {
  const [first, ...others] = new Map(
    matched.map(({ task }) => [JSON.stringify(objectiveOf(task)), objectiveOf(task)]),
  ).values();
  if (others.length === 0) return first!;
  throw new KedgeError('spec.invalid', 'a problem minimizes one thing, and its tasks several', {
    hint: 'state the same goal.minimize for all',
  });
}

/**
 * The deadline of a goal counts from the start of its task, that of a problem from now. Choices
 * keep theirs already; divisible work with one is taken to begin now.
 */
function taskOf(
  matched: TaskProblem,
  needs: readonly number[],
  {
    indexOf,
    optionsOf,
  }: {
    readonly indexOf: (offer: Offer, task: number) => number;
    readonly optionsOf: (matched: TaskProblem) => readonly ChoiceOption[];
  },
): ProblemTask {
  const { index, task, candidates } = matched;
  const { providersMin = 1, shareMax = 1 } = task.spread ?? {};
  const common = { name: task.name, providersMin, shareMax };
  const limits = limitsOf(task);
  const serving = servingWorkOf(matched, (offer) => indexOf(offer, index));
  if (serving !== null) return { ...common, needs, limits, work: serving };
  const work = divisibleWork(task);
  if (work === null) {
    if (providersMin > 1 || shareMax < 1) throw undivided(task);
    if (needs.length > 0) requireNow(matched);
    const options = optionsOf(matched);
    const kept = { ...limits, deadlineS: null };
    return { ...common, needs, limits: kept, work: { kind: 'choice', options } };
  }
  requireCountable(matched, work);
  const { per, units } = work;
  const options = candidates.map(({ offer, throughput }) => ({
    offer: indexOf(offer, index),
    throughput: throughput!,
  }));
  const startsNow = limits.deadlineS !== null;
  return {
    ...common,
    needs: startsNow ? [] : needs,
    limits,
    work: { kind: 'divisible', per, units, options },
  };
}

/** Searchers and the check count work in whole numbers, for each second of an hour. */
function requireCountable({ candidates }: TaskProblem, { units }: DivisibleWork): void {
  const numbers = [units, ...candidates.map(({ throughput }) => throughput!)];
  const largest = numbers.reduce((most, number) => Math.max(most, number));
  const counted = largest * wholeScale(numbers) * SECONDS_PER_HOUR;
  if (counted >= Number.MAX_SAFE_INTEGER / 2) throw tooLargeToCount();
}

/** Nobody knows when a task begins that waits for others, nor at which of its prices. */
function requireNow({ task, candidates }: TaskProblem): void {
  if (candidates.every(({ startS }) => startS === undefined)) return;
  const message = `${nameOf(task)} begins when the tasks have ended that it needs`;
  throw new KedgeError('spec.invalid', message, {
    hint: 'leave out goal.start and the later_prices of its offers, or its needs',
    details: { task: task.name },
  });
}

function undivided(task: Task): KedgeError {
  const message = `${nameOf(task)} is done by one provider: nothing of it can be spread`;
  return new KedgeError('spec.invalid', message, {
    hint: 'leave out placement.providers_min and provider_share_max, or state its work in units',
    details: { task: task.name },
  });
}

/** Tasks that wish to share the same thing with none of each other. */
function apartOf({ tasks }: TaskFile): Problem['apart'] {
  return (['provider', 'region', 'zone'] as const).flatMap((by) => {
    const wishing = [...tasks.keys()].filter((index) => tasks[index]!.spread?.apart === by);
    return wishing.length < 2 ? [] : [{ tasks: wishing, by }];
  });
}

type ChoiceOption = ChoiceWork['options'][number];

/** Of tasks that were matched as one; `limited` are the places of those with an end of machines. */
type Options = { readonly all: readonly ChoiceOption[]; readonly limited: readonly number[] };

function optionOf(way: Candidate, offer: number): ChoiceOption {
  const { machines, hours, startS = 0 } = way;
  return {
    offer,
    machines,
    hours: hours?.mid ?? HOURS_UNKNOWN,
    startS,
    extraMicros: hours === null ? unlikeHour(way) : unlikeHired(way, hours.mid),
  };
}

/** An hour of what goes on counts at its price, whatever is billed at least. */
function unlikeHour({ offer, machines }: Candidate): Micros {
  const ofHour = charge(offer.nanosPerHour, { of: machines, per: 1 });
  return asMicros(ofHour - hireCost(offer, { machines, hours: HOURS_UNKNOWN }));
}

/** What a way costs beyond all of its hours at its offer's price: on spot, mostly less. */
function unlikeHired(way: Candidate, hours: number): Micros {
  if (way.spotRun === undefined && way.offer.laterPrices === undefined) return ZERO_MICROS;
  return asMicros(wayCost(way, hours) - hireCost(way.offer, { machines: way.machines, hours }));
}

function limitsOf({ goal, resources }: Task): Limits {
  const hourly = resources.map(({ maxNanosPerHour }) => maxNanosPerHour ?? Infinity);
  const most = Math.max(...hourly);
  return {
    deadlineS: goal.deadlineMs === null ? null : goal.deadlineMs / SECOND_MS,
    budgetMicros: goal.budgetMicros,
    nanosPerHourMax: most === Infinity ? null : asRate(most),
  };
}

/** Where providers count, each of the offers that a task states itself is one. */
function problemOffer(
  offer: Offer,
  {
    available,
    uses,
    isSpread,
  }: Pick<ProblemOffer, 'available' | 'uses'> & { readonly isSpread: boolean },
): ProblemOffer {
  const { id, region, zone, spot, nanosPerHour } = offer;
  const { billingIncrementS, billingMinimumS } = offer;
  return {
    id,
    provider: isSpread && offer.provider === INLINE_PROVIDER ? id : offer.provider,
    region,
    zone,
    spot,
    nanosPerHour,
    laterPrices: [],
    billingIncrementS,
    billingMinimumS,
    available,
    gramsPerHour: offer.gramsPerHour ?? null,
    uses,
  };
}
