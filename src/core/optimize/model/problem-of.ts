import { KedgeError } from '../../../base/errors.ts';
import { asRate, ZERO_MICROS } from '../../../base/money.ts';
import { SECOND_MS } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Task, TaskFile } from '../../../spec/task.ts';
import { INLINE_PROVIDER } from '../../match/inline-offers.ts';
import { listRoutes } from '../dag/list-routes.ts';
import { transfersOf } from '../dag/transfers-of.ts';
import { nameOf } from '../infeasible.ts';
import { MACHINES_MAX } from './cover-problem.ts';
import { PaidPools } from './paid-pools.ts';
import type { ChoiceWork, Limits, Problem, ProblemOffer, ProblemTask, Route } from './problem.ts';
import { sharingGroups } from './sharing-groups.ts';
import { divisibleWork, type TaskProblem } from './task-problem.ts';

/** An hour of a service, which has no end. */
const SERVED_HOURS = 1;

/**
 * TaskFile × candidates → Problem. Tasks that may run at the same time share what is available of
 * an offer; those that only ever run one after the other do not. `grid`: what data cost between
 * regions, where tasks hand some to others. Errors: `plan.needs-hours` where nothing tells how long
 * a task takes.
 */
export function problemOf(
  file: TaskFile,
  matched: readonly TaskProblem[],
  grid: readonly Route[] = [],
): Problem {
  const groups = sharingGroups(file.needs);
  const isSpread = file.tasks.some(({ spread }) => spread !== null);
  const offers: ProblemOffer[] = [];
  const pools = new PaidPools(matched);
  const indices = new Map<string, number>();
  const places = new Map<Offer, number>();
  const indexOf = (offer: Offer, task: number): number => {
    const place = places.get(offer) ?? places.size;
    places.set(offer, place);
    const isDivisible = divisibleWork(file.tasks[task]!) !== null;
    const available = offer.available ?? (isDivisible ? MACHINES_MAX : null);
    const key = available === null ? `${place}` : `${place} ${groups[task]}`;
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, offers.length);
    const uses = pools.usesOf(offer, task);
    return offers.push({ ...problemOffer({ ...offer, available }, isSpread), uses }) - 1;
  };
  const alike = new Map<readonly Candidate[], readonly ChoiceOption[]>();
  const optionsOf = ({ index, task, candidates }: TaskProblem): readonly ChoiceOption[] => {
    const known = alike.get(candidates);
    if (known !== undefined) return known;
    const options = candidates.map((way) => optionOf(task, way, indexOf(way.offer, index)));
    // What is limited is another offer for tasks that run at other times.
    if (candidates.every(({ offer }) => offer.available === null)) alike.set(candidates, options);
    return options;
  };
  const tasks = matched.map((one) => taskOf(one, file.needs[one.index]!, { indexOf, optionsOf }));
  return {
    schema: 'kedge.problem/v1',
    name: file.name,
    objective: { minimize: minimizedBy(file) },
    limits: NO_LIMITS,
    offers,
    pools: pools.all,
    tasks,
    ...movesOf(file, { tasks, offers, grid }),
    apart: apartOf(file),
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

function minimizedBy({ tasks }: TaskFile): Task['goal']['minimize'] {
  const [first, ...others] = new Set(tasks.map(({ goal }) => goal.minimize));
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
  const work = divisibleWork(task);
  if (work === null) {
    if (providersMin > 1 || shareMax < 1) throw undivided(task);
    const options = optionsOf(matched);
    const kept = { ...limits, deadlineS: null };
    return { ...common, needs, limits: kept, work: { kind: 'choice', options } };
  }
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

function optionOf(task: Task, { machines, hours }: Candidate, offer: number): ChoiceOption {
  if (hours === null && task.kind !== 'serve') {
    const message = `a problem needs to know how long ${nameOf(task)} takes, and nothing tells`;
    throw new KedgeError('plan.needs-hours', message, {
      hint: 'add work: {hours: 12}, work: {units, per, throughput}, or model and training',
      details: { task: task.name },
    });
  }
  return {
    offer,
    machines,
    hours: hours?.mid ?? SERVED_HOURS,
    startS: 0,
    extraMicros: ZERO_MICROS,
  };
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
function problemOffer(offer: Offer, isSpread: boolean): ProblemOffer {
  const { id, region, zone, spot, nanosPerHour, available } = offer;
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
    gramsPerHour: null,
    uses: [],
  };
}
