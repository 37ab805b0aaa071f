import { KedgeError } from '../../../base/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { Conflict } from './explain-conflict.ts';

/** Names of constraints in one sentence; of more than this many the number is told. */
const TOLD_MAX = 4;

/** `plan.infeasible`, with what is in conflict and what would do. */
export function conflictError({ name }: Problem, conflict: Conflict): KedgeError {
  const { constraints, relaxations } = conflict;
  const of = name === null ? '' : ` of ${name}`;
  const message =
    constraints.length === 1
      ? `no plan${of} can do this: ${constraints[0]!.words}`
      : `no plan${of} keeps all of these: ${listed(constraints.map(({ words }) => words))}`;
  const hint =
    relaxations.length === 0
      ? 'no single one of them is enough: give way in two, or allow more places'
      : `each of these would do: ${listed(relaxations.map(({ words }) => words))}`;
  return new KedgeError('plan.infeasible', message, {
    hint: relaxations.length === 1 ? `${relaxations[0]!.words} would do` : hint,
    details: {
      conflict: constraints.map(({ kind, words }) => ({ kind, words })),
      relaxations: relaxations.map(({ constraint: { kind }, value, words }) => {
        return { kind, value, words };
      }),
    },
  });
}

function listed(words: readonly string[]): string {
  const told = words.slice(0, TOLD_MAX);
  const more = words.length - told.length;
  return more === 0 ? told.join('; ') : `${told.join('; ')}; and ${more} more`;
}
