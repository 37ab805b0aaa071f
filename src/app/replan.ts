import { KedgeError } from '../base/errors.ts';
import { MINUTE_MS } from '../base/time.ts';
import { containerImage } from '../core/match/container-image.ts';
import { placeMatcher } from '../core/match/place-pattern.ts';
import { adviseAllocation, paybackMs } from '../core/migrate/advise-allocation.ts';
import { atPlace, fittedTo, sizeOf, withFitted } from '../core/migrate/fit-resources.ts';
import {
  changeoverOf,
  movesAgainAt,
  placesOf,
  plannedHoursLeft,
} from '../core/migrate/rest-of-run.ts';
import { planLine } from '../core/optimize/plan-line.ts';
import { bestWay } from '../core/optimize/search/choose-way.ts';
import { wholeWays } from '../core/optimize/serving/alone-ways.ts';
import type { Clock } from '../ports/clock.ts';
import type { Placement, Planner, RunNow } from '../ports/planner.ts';
import type { AllocationAdvice } from '../spec/advice.ts';
import type { Candidate } from '../spec/match.ts';
import type { Offer } from '../spec/offer.ts';
import { currentLine } from '../spec/place-of-attempt.ts';
import type { PlanAllocation } from '../spec/plan.ts';
import type { Task, TaskFile } from '../spec/task.ts';
import { bookOf } from './carried-models.ts';
import { type MatchRequest, matchTask } from './match-task.ts';
import type { ModelBook } from './read-models.ts';

/** Offers are asked for again after so long: prices of one's own places and of spot move slowly. */
export const OFFERS_KEPT_MS = MINUTE_MS;

export type PlannerParts = {
  readonly clock: Clock;
  /** What can be launched on now. */
  readonly offers: () => Promise<readonly Offer[]>;
  readonly readTasks: (text: string, options: { readonly file: string }) => TaskFile;
};

/** Plans anew what runs already, over what can be launched on. */
export function planner(parts: PlannerParts): Planner {
  const recentOffers = kept(parts);
  return {
    advise: async (now) => {
      const brought = broughtBy(now, parts);
      const offers = await recentOffers();
      const open = now.request.plan.allocations
        .map((_, allocation) => allocation)
        .filter((allocation) => isOpen(now, allocation));
      const { runId } = now.run;
      const allocations: AllocationAdvice[] = [];
      for (const allocation of open)
        allocations.push(await adviseOne({ ...brought, offers }, allocation));
      return { schema: 'kedge.advice/v1', runId, allocations };
    },
    lineAt: async (now, { allocation, place }) => {
      const brought = broughtBy(now, parts);
      return lineAt({ ...brought, offers: await parts.offers() }, { allocation, place });
    },
  };
}

/** The offers of a while ago, for whoever asks again and again. */
function kept({ offers, clock }: PlannerParts): () => Promise<readonly Offer[]> {
  let last: { readonly at: number; readonly offers: Promise<readonly Offer[]> } | undefined;
  return () => {
    const now = clock.now();
    if (last === undefined || now - last.at > OFFERS_KEPT_MS) {
      const asked = offers();
      last = { at: now, offers: asked };
      // What has failed is asked for again at once.
      asked.catch(() => (last = undefined));
    }
    return last.offers;
  };
}

type Snapshot = {
  readonly now: RunNow;
  readonly file: TaskFile;
  readonly models: ModelBook;
  readonly offers: readonly Offer[];
};

/** What its user sent: the server reads neither the user's files nor a hub. */
function broughtBy(now: RunNow, { readTasks }: PlannerParts): Omit<Snapshot, 'offers'> {
  const { taskText, models } = now.request;
  return { now, file: readTasks(taskText, { file: 'task.yaml' }), models: bookOf(models ?? []) };
}

/** It has not come to its end. */
function isOpen({ run }: RunNow, allocation: number): boolean {
  const last = run.attempts.findLast((attempt) => attempt.allocation === allocation);
  return run.state !== 'ended' && last?.outcome !== 'succeeded';
}

async function adviseOne(
  { now, file, models, offers }: Snapshot,
  allocation: number,
): Promise<AllocationAdvice> {
  const { run, request } = now;
  const here = currentLine(now.run, now.request.plan, allocation);
  const task = file.tasks[here.task]!;
  const measured = now.measured.get(allocation) ?? null;
  const fitted = fittedTo(measured, sizeOf(here, offers));
  const waysOf = (asked: Task): Promise<readonly Candidate[]> =>
    candidatesOf({ offers, models, launchableOnly: true }, asked, here.task);
  return adviseAllocation({
    allocation,
    here,
    way: (await waysOf(task)).find(isOf(here)) ?? null,
    candidates: await waysOf(withFitted(task, fitted)),
    hoursLeft:
      now.hoursLeft.get(allocation) ??
      plannedHoursLeft(run, request.plan, { allocation, now: now.now }),
    measured,
    fitted,
    changeover: changeoverOf(run, { allocation, checkpoint: task.checkpoint }),
    notBefore: movesAgainAt(run, allocation, (move) =>
      paybackMs(placesOf(run, request.plan, move), move.endedAt! - move.requestedAt),
    ),
    now: now.now,
    lineOf: (candidate) => lineFor(candidate, { task, index: here.task }),
  });
}

function isOf(here: PlanAllocation): (candidate: Candidate) => boolean {
  return ({ offer }) => offer.id === here.offerId;
}

/** None where nothing carries it any more, which is no reason to stop what runs. */
async function candidatesOf(
  request: MatchRequest,
  task: Task,
  index: number,
): Promise<readonly Candidate[]> {
  try {
    return wholeWays((await matchTask(request, task, index)).problem);
  } catch (error) {
    if (error instanceof KedgeError) return [];
    throw error;
  }
}

async function lineAt(
  { now, file, models, offers: all }: Snapshot,
  { allocation, place }: { readonly allocation: number; readonly place: string },
): Promise<Placement> {
  const here = currentLine(now.run, now.request.plan, allocation);
  const task = file.tasks[here.task]!;
  const isThere = placeMatcher([place]);
  const offers = all.filter((offer) => isThere(offer.place));
  const [first] = offers;
  if (first === undefined) throw noSuchPlace(place, all);
  const request = { offers, models, launchableOnly: true };
  const asked = atPlace(task, first.place);
  const { problem } = await matchTask(request, asked, here.task);
  const best = bestWay(wholeWays(problem), task.goal);
  return { line: lineFor(best, { task: asked, index: here.task }), losses: lossesOf(task, asked) };
}

function lossesOf(task: Task, asked: Task): readonly string[] {
  const name = task.name ?? 'the task';
  const image = task.resources.flatMap((one) => containerImage(one) ?? [])[0];
  const keepsImage = asked.resources.some((one) => containerImage(one) !== null);
  return [
    ...(task.checkpoint === null ? [`${name} has no checkpoint: there it begins anew`] : []),
    ...(image === undefined || keepsImage ? [] : [`${name} runs there without its image ${image}`]),
  ];
}

/** Divisible work keeps what is left of it: as many machines as a match of its own gives. */
function lineFor(
  candidate: Candidate,
  { task, index }: { readonly task: Task; readonly index: number },
): PlanAllocation {
  const { machines, hours } = candidate;
  return planLine({ index, task }, { candidate, machines, hours: hours?.mid ?? null });
}

function noSuchPlace(place: string, offers: readonly Offer[]): KedgeError {
  const known = [...new Set(offers.map((offer) => offer.place))].toSorted();
  return new KedgeError('driver.no-such-place', `nothing can be launched at ${place}`, {
    hint: known.length === 0 ? 'see `kedge check`' : `places now: ${known.join(', ')}`,
  });
}
