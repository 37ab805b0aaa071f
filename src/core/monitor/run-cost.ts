import { addMicros, type Micros, ZERO_MICROS } from '../../base/money.ts';
import type { EpochMs } from '../../base/time.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run, RunNode } from '../../spec/run.ts';
import { costOf } from './bill.ts';

/**
 * What a node has cost by a moment: what its line of the bill will say, from the run's state
 * instead of its log. One that was asked for and has not been seen to start may have started at
 * once: it counts as if it had.
 */
export function nodeCost(
  run: Run,
  plan: Plan,
  { node, at }: { node: RunNode; at: EpochMs },
): Micros {
  const isOver = node.state === 'ended';
  if (isOver && node.startedAt === null) return ZERO_MICROS;
  const asked = run.attempts.find(({ allocation, attempt }) => {
    return allocation === node.allocation && attempt === node.attempt;
  });
  const from = node.startedAt ?? asked?.createdAt ?? at;
  const until = isOver ? (node.endedAt ?? at) : at;
  return costOf(lineOf(run, plan, node), Math.max(0, until - from));
}

/** Of all nodes of one task, over all its lines, attempts and places. */
export function taskCost(
  run: Run,
  plan: Plan,
  { task, at }: { task: number; at: EpochMs },
): Micros {
  const nodes = run.nodes.filter((node) => plan.allocations[node.allocation]?.task === task);
  return addMicros(...nodes.map((node) => nodeCost(run, plan, { node, at })));
}
