import { assert } from '../base/assert.ts';
import type { Plan, PlanAllocation } from './plan.ts';
import type { Move, Run } from './run.ts';

type AttemptId = { readonly allocation: number; readonly attempt: number };

/**
 * What an attempt is placed by: the plan's line, or that of the move that came before it. One that
 * is still to come goes where the one before it was, unless a move has been prepared since.
 */
export function lineOf(
  { attempts, moves }: Pick<Run, 'attempts' | 'moves'>,
  plan: Plan,
  { allocation, attempt }: AttemptId,
): PlanAllocation {
  const known = attempts.find((one) => one.allocation === allocation && one.attempt === attempt);
  const number = known?.move ?? placingMove({ moves }, allocation);
  const line =
    number === 0 ? plan.allocations[allocation] : moves.find(({ move }) => move === number)?.line;
  assert(line, `nothing tells where attempt ${allocation}/${attempt} is placed`);
  return line;
}

/** Where an allocation is now: by its latest attempt, or its first one to come. */
export function currentLine(
  run: Pick<Run, 'attempts' | 'moves'>,
  plan: Plan,
  allocation: number,
): PlanAllocation {
  const last = run.attempts.findLast((one) => one.allocation === allocation);
  return lineOf(run, plan, { allocation, attempt: last?.attempt ?? 1 });
}

/** A move that has not come to its end. */
export function isUnderWay({ state }: Move): boolean {
  return state === 'asked' || state === 'copied';
}

/** Number of the move that chooses the place of the next attempt of an allocation; 0 for none. */
export function placingMove({ moves }: Pick<Run, 'moves'>, allocation: number): number {
  const done = moves.filter((move) => {
    return move.allocation === allocation && (move.state === 'copied' || move.state === 'moved');
  });
  return done.at(-1)?.move ?? 0;
}
