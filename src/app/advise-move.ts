import { KedgeError } from '../base/errors.ts';
import { showMicros, showRate } from '../base/money.ts';
import { formatDuration, HOUR_MS } from '../base/time.ts';
import { placeMatcher } from '../core/match/place-pattern.ts';
import { type Proposal, proposeMove } from '../core/migrate/propose-move.ts';
import { wrapLine } from '../core/optimize/columns.ts';
import { bestWay } from '../core/optimize/search/choose-way.ts';
import { wholeWays } from '../core/optimize/serving/alone-ways.ts';
import type { Candidate } from '../spec/match.ts';
import type { Task, TaskFile } from '../spec/task.ts';
import { type MatchRequest, matchTask } from './match-task.ts';

/** Where a task runs now, and whether it should be hauled elsewhere: `kedge.move/v1`. */
export type MoveAdvice = {
  readonly schema: 'kedge.move/v1';
  readonly from: string;
  readonly proposal: Proposal;
};

/**
 * Time to start a machine, set it up and copy a checkpoint; assumed until runs are measured. Work
 * since the last checkpoint would come on top.
 */
const CHANGEOVER = { hours: 0.25 };

/**
 * Whether a task that runs at a place (or a pattern, as `aws/us-*`) should move, with all of it
 * still to do. Errors: `plan.infeasible` when nothing there carries it; those of `matchTask`.
 */
export async function adviseMove(
  { file, ...request }: MatchRequest & { readonly file: TaskFile },
  from: string,
): Promise<MoveAdvice> {
  const task = onlyTask(file);
  const { problem } = await matchTask(request, task, 0);
  const ways = wholeWays(problem).map((way) => alone(way, task));
  const isThere = placeMatcher([from]);
  const here = ways.filter(({ offer }) => isThere(offer.place));
  if (here.length === 0) throw nothingThere(from, task);
  const others = ways.filter(({ offer }) => !isThere(offer.place));
  const at = bestWay(here, task.goal);
  return {
    schema: 'kedge.move/v1',
    from: at.offer.id,
    proposal: proposeMove(at, others, CHANGEOVER),
  };
}

/** The advice as lines for a terminal of so many columns. */
export function describeMove(advice: MoveAdvice, columns: number): readonly string[] {
  return sentences(advice).flatMap((line) => wrapLine(line, columns));
}

function sentences({ from, proposal }: MoveAdvice): readonly string[] {
  if (proposal.kind === 'keep') return [`Keep it at ${from}: ${proposal.reason}.`];
  const { to, savesMicros, savesNanosPerHour, paybackHours } = proposal;
  const total = savesMicros === null ? [] : [`${showMicros(savesMicros)} in all`];
  const hourly = savesNanosPerHour === null ? [] : [`${showRate(savesNanosPerHour)} an hour`];
  const payback = formatDuration(Math.round(paybackHours * HOUR_MS));
  const changeover = formatDuration(CHANGEOVER.hours * HOUR_MS);
  return [
    `Move it from ${from} to ${to.offer.id}:`,
    `  it saves ${[...hourly, ...total].join(', ')}, and has paid for itself after ${payback}`,
    `  (a changeover of ${changeover} is assumed, paid at both places)`,
  ];
}

/** Divisible work as one machine does it. */
function alone(way: Candidate, { work }: Task): Candidate {
  if (work === null || !('units' in work) || way.throughput === null) return way;
  const hours = work.per === 'hour' ? work.units / way.throughput : 1;
  return { ...way, hours: { low: hours, mid: hours, high: hours } };
}

function onlyTask({ tasks }: TaskFile): Task {
  const [task, other] = tasks;
  if (other === undefined) return task!;
  throw new KedgeError('cli.usage', '--from needs a file of one task: each may run elsewhere');
}

function nothingThere(from: string, { name }: Task): KedgeError {
  return new KedgeError('plan.infeasible', `nothing at ${from} can carry ${name ?? 'the task'}`, {
    hint: 'name a place as `kedge plan -o wide` shows it, or a pattern, as aws or gcp/us-*',
  });
}
