import type { Answer, AnswerLine } from '../model/answer.ts';
import type { ServingWork } from '../model/problem.ts';
import { type Balanced, type BalanceGoal, balanceLoad } from './balance-load.ts';

export type BalancedAnswer = Pick<
  Extract<Balanced, { readonly kind: 'balanced' }>,
  'latency' | 'utilization'
> & {
  /** The same machines with other shares. */
  readonly answer: Answer;
};

/**
 * An answer whose lines are those of one serving task, with the shares that give the least latency
 * on the machines that it hires; null where they are so full that waits would not end, as the
 * cheapest machines may be. Utilizations are of the lines, in their order.
 */
export function balanceAnswer(
  { rates, options }: ServingWork,
  { lines }: Answer,
  goal: BalanceGoal,
): BalancedAnswer | null {
  const replicas = lines.map(({ option, machines }) => ({
    count: machines,
    throughputs: options[option]!.throughputs,
  }));
  const balanced = balanceLoad({ replicas, rates }, goal);
  if (balanced.kind === 'overloaded') return null;
  const { shares, latency, utilization } = balanced;
  const answer = {
    lines: lines.map(
      (line, kind): AnswerLine => ({
        ...line,
        shares: rates.map((_, bucket) => shares[bucket]![kind]!),
      }),
    ),
  };
  return { answer, latency, utilization };
}
