import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Answer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { CoupledCover } from './coupled-cover.ts';
import { type CoupledModel, coupledModel } from './coupled-model.ts';
import { coverRefusal, isLimited } from './cover-refusal.ts';
import type { CoverState } from './cover-state.ts';

/** Any number of tasks, each `per: machine`. */
export const coupledSearcher: Searcher = {
  name: 'coupled-covers',
  refuses: (problem) => coverRefusal(problem) ?? coupledRefusal(problem),
  search,
};

function coupledRefusal({ tasks, limits }: Problem): string | null {
  const { deadlineS } = limits;
  if (deadlineS !== null && deadlineS < SECONDS_PER_HOUR) return 'the deadline is within the hour';
  for (const { work, limits: own } of tasks) {
    if (work.kind !== 'divisible' || work.per !== 'machine') return 'work is done by the hour';
    if (isLimited(own)) return 'a task has limits of its own';
  }
  return null;
}

async function search(problem: Problem, options: SearchOptions): Promise<Found> {
  const model = coupledModel(problem);
  if (hasHopelessTask(model)) return { answer: null, certificate: null, isInfeasible: true };
  const cover = new CoupledCover(model, options);
  await cover.run();
  const { best } = cover;
  const answer = best === null || isBeyondLimits(problem, best) ? null : answerOf(model, best);
  const isInfeasible = cover.bound() > (problem.limits.budgetMicros ?? Infinity) + 1;
  return { answer, certificate: cover.certificate(), isInfeasible };
}

/** A task that all the machines there are could not do by themselves. */
function hasHopelessTask({ tasks, offers, units, needs, available }: CoupledModel): boolean {
  for (let task = 0; task < tasks; task++) {
    let most = 0;
    for (let offer = 0; offer < offers; offer++) {
      most += units[task * offers + offer]! * available[offer]!;
    }
    if (most < needs[task]!) return true;
  }
  return false;
}

/** All machines run at once, for an hour: so what they cost is also what they cost an hour. */
function isBeyondLimits({ limits }: Problem, { cost }: CoverState): boolean {
  const { budgetMicros, nanosPerHourMax } = limits;
  return cost > (budgetMicros ?? Infinity) || cost * 1000 > (nanosPerHourMax ?? Infinity);
}

function answerOf({ offers, options }: CoupledModel, state: CoverState): Answer {
  const lines = state.columns().flatMap(({ task, bought }) =>
    bought.map(([offer, machines]) => ({
      task,
      option: options[task * offers + offer]!,
      machines,
      hours: 1,
      startS: 0,
      shares: null,
    })),
  );
  return { lines: lines.sort((a, b) => a.task - b.task || a.option - b.option) };
}
