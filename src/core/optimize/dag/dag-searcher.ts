import type { Answer, ProblemCertificate } from '../model/answer.ts';
import type { PlaceBound, PlaceProof } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { answerOf, brokenLimit, isCircular } from './answer-of.ts';
import { hasDeadline, keepLimits } from './keep-limits.ts';
import { type Choice, choiceCost, type Placement } from './placement.ts';
import { chosenBy, placementOf, placeNamer } from './placement-of.ts';
import { type DeadlineFound, type DeadlineLimits, searchDeadlines } from './search-deadlines.ts';
import { type PlaceLimits, type PlacesFound, searchPlaces } from './search-places.ts';

/*
 * Problem: pipelines: one option for each task, and data that tasks hand to each other from place
 * to place, at the least cost.
 * Method: of each task's options the cheapest in each place (placement-of.ts), then the best place
 * for each (search-places.ts). Deadlines, pools and what else is not of places are left out of the
 * bound, which holds all the same; where the best places break one, a price of time looks for an
 * answer that keeps it (keep-limits.ts).
 * Complexity: O(pairs × places²) for each of few passes where the relaxation is tight.
 * Reference: Yang et al., SkyPilot (NSDI 2023), section 4.2, solves the same model on chains by
 * dynamic programming and else as a zero-one program.
 */
export const dag: Searcher = { name: 'dag', refuses, search };

function refuses(problem: Problem): string | null {
  const { tasks, offers, transfers, objective } = problem;
  const nameOf = (task: number): string => tasks[task]!.name ?? `task ${task}`;
  const other = tasks.findIndex(({ work }) => work.kind !== 'choice');
  if (other >= 0) return `${nameOf(other)} is not done by one option alone`;
  if (objective.minimize !== 'cost') return 'something else than cost is to be least';
  const stepping = tasks.findIndex(({ work }) =>
    work.options.some(({ offer }) => offers[offer]!.laterPrices.length > 0),
  );
  if (stepping >= 0) return `prices for ${nameOf(stepping)} change with time`;
  const diverse = tasks.findIndex(({ providersMin }) => providersMin > 1);
  if (diverse >= 0) return `${nameOf(diverse)} wants several providers, and one option has one`;
  const joining = tasks.findIndex(
    ({ limits }, task) =>
      limits.budgetMicros !== null && transfers.filter(({ to }) => to === task).length > 1,
  );
  if (joining >= 0) {
    return `${nameOf(joining)} pays for data of several tasks out of a budget of its own`;
  }
  return isCircular(problem) ? 'tasks wait for each other in a circle' : null;
}

/** That take less than a tenth of a second, here and again in the check. */
const SUMS_MAX = 15_000_000;

/** Of the time, where places may break what they do not know of. */
const KEPT_FOR_LIMITS = 0.4;

async function search(problem: Problem, options: SearchOptions): Promise<Found> {
  const endMs = options.clock.now() + options.timeLimitMs;
  const inTime = (isBinding: boolean): Found | null => {
    const isOver = (): boolean => options.clock.now() >= endMs;
    return hasDeadline(problem) ? searchInTime(problem, { ...options, isBinding, isOver }) : null;
  };
  const found = inTime(false);
  if (found !== null) return found;
  const { placement, start } = placementOf(problem);
  const limits = {
    isOver: () => options.clock.now() >= endMs,
    gap: options.gap,
    sumsMax: SUMS_MAX,
    seed: options.seed,
  };
  const placesEndMs =
    endMs - (knowsPlacesAlone(problem) ? 0 : options.timeLimitMs * KEPT_FOR_LIMITS);
  const ofPlaces = { ...limits, isOver: () => options.clock.now() >= placesEndMs };
  const first = searchPlaces(placement, {
    ...ofPlaces,
    starts: [start, options.start === null ? null : choiceOf(placement, problem, options.start)],
  });
  const { choice, proof, bound } = decided(problem, placement, { first, limits: ofPlaces });
  if (choice === null) return { answer: null, certificate: null, isInfeasible: bound === Infinity };
  const value = choiceCost(placement, choice);
  const certificate = proof === null ? null : certificateOf({ value, proof });
  const answer = answerOf(problem, chosenBy(problem, placement, choice));
  const isGood = brokenLimit(problem, answer, value) === null;
  const isTooDear = bound > (problem.limits.budgetMicros ?? Infinity);
  if (isTooDear) return { answer: null, certificate, isInfeasible: true };
  const late = isGood ? null : inTime(true);
  if (late !== null) return late;
  const kept = isGood ? answer : keepLimits(problem, { ...limits, start: options.start });
  return { answer: kept, certificate, isInfeasible: false };
}

/** Whatever gap will do: it is to be known whether a budget is enough, or the bound above it. */
function decided(
  { limits: { budgetMicros } }: Problem,
  placement: Placement,
  { first, limits }: { readonly first: PlacesFound; readonly limits: Omit<PlaceLimits, 'starts'> },
): PlacesFound {
  const { choice, bound } = first;
  if (budgetMicros === null || choice === null || bound > budgetMicros) return first;
  if (choiceCost(placement, choice) <= budgetMicros) return first;
  const closer = searchPlaces(placement, { ...limits, gap: 0, starts: [choice] });
  return closer.bound >= bound ? closer : first;
}

/** Null where deadlines are none of its worries: the cheapest places keep them. */
function searchInTime(
  problem: Problem,
  limits: Pick<SearchOptions, 'seed' | 'start'> & DeadlineLimits,
): Found | null {
  const found = withinBudget(problem, searchDeadlines(problem, limits), limits);
  if (found === null) return null;
  const { chosen, cost, bound, isInfeasible } = found;
  const certificate = bound === null ? null : certificateOf(bound);
  if (found.least > (problem.limits.budgetMicros ?? Infinity)) {
    return { answer: null, certificate, isInfeasible: true };
  }
  if (chosen === null) return { answer: null, certificate, isInfeasible };
  const answer = answerOf(problem, chosen);
  const isGood = brokenLimit(problem, answer, cost) === null;
  const kept = isGood ? answer : keepLimits(problem, { ...limits, sumsMax: SUMS_MAX });
  return { answer: kept, certificate, isInfeasible: false };
}

/** The same where there are deadlines: what is in time may still be above the budget. */
function withinBudget(
  problem: Problem,
  first: DeadlineFound | null,
  limits: DeadlineLimits,
): DeadlineFound | null {
  const { budgetMicros } = problem.limits;
  if (first === null || budgetMicros === null || first.chosen === null) return first;
  if (first.cost <= budgetMicros || first.least > budgetMicros) return first;
  return searchDeadlines(problem, { ...limits, gap: 0, isBinding: true });
}

/** Nothing limits an answer but what the places of a placement keep. */
function knowsPlacesAlone({ limits, pools, offers, tasks }: Problem): boolean {
  const { deadlineS, budgetMicros, nanosPerHourMax } = limits;
  return (
    deadlineS === null &&
    budgetMicros === null &&
    nanosPerHourMax === null &&
    pools.length === 0 &&
    offers.every(({ available }) => available === null) &&
    tasks.every((task) => task.limits.deadlineS === null)
  );
}

/** An earlier answer as places; null where a task is at none that it may be at. */
function choiceOf(placement: Placement, problem: Problem, { lines }: Answer): Choice | null {
  const choice = placement.nodes.map(({ task, places }) => {
    const line = lines.find((one) => one.task === task);
    const option = problem.tasks[task]!.work.options[line?.option ?? -1];
    if (option === undefined) return -1;
    return places.indexOf(placeNamer(problem, task)(problem.offers[option.offer]!));
  });
  return choice.includes(-1) ? null : choice;
}

/** Named by the strongest means that it needs: a recorded search, a recurrence, or prices alone. */
function certificateOf(places: PlaceBound): ProblemCertificate {
  const kinds = kindsOf(places.proof);
  if (kinds.has('split')) return { proof: 'tree', tree: { duals: NO_DUALS }, places };
  if (kinds.has('elimination') || kinds.has('deadlines')) return { proof: 'dp', places };
  return { proof: 'duals', duals: NO_DUALS, places };
}

const NO_DUALS = { pools: [], offers: [], budget: { of: 0, per: 1 }, tasks: [] };

function kindsOf(proof: PlaceProof): ReadonlySet<PlaceProof['kind']> {
  const parts =
    proof.kind === 'split'
      ? [proof.within, proof.without]
      : 'rest' in proof && proof.rest !== null
        ? [proof.rest]
        : [];
  return new Set([proof.kind, ...parts.flatMap((part) => [...kindsOf(part)])]);
}
