import type { Problem } from './problem.ts';

/** What a problem is like, in words: how many tasks of which kind, and what couples them. */
export function structureWords({
  tasks,
  offers,
  pools,
  limits,
  transfers,
  apart,
  objective,
}: Problem): string {
  const kinds = (['choice', 'divisible', 'serving'] as const).flatMap((kind) => {
    const count = tasks.filter(({ work }) => work.kind === kind).length;
    return count === 0 ? [] : [counted(count, KINDS[kind])];
  });
  const coupled = [
    ...(pools.length > 0 ? [counted(pools.length, 'pool')] : []),
    ...(transfers.length > 0 ? [counted(transfers.length, 'transfer')] : []),
    ...(apart.length > 0 ? [counted(apart.length, 'group', 'kept apart')] : []),
    ...(limits.deadlineS === null ? [] : ['a deadline']),
    ...(limits.budgetMicros === null ? [] : ['a budget']),
    ...(limits.nanosPerHourMax === null ? [] : ['a limit an hour']),
  ];
  const goal = objective.minimize === 'cost' ? '' : `, ${objective.minimize}`;
  const what = `${kinds.join(', ')} over ${counted(offers.length, 'offer')}`;
  return `${what}${coupled.length === 0 ? '' : `, with ${coupled.join(', ')}`}${goal}`;
}

const KINDS = { choice: 'choice', divisible: 'divisible task', serving: 'service' } as const;

function counted(count: number, what: string, more = ''): string {
  return `${count} ${what}${count === 1 ? '' : 's'}${more === '' ? '' : ` ${more}`}`;
}
