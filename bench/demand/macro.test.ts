import assert from 'node:assert/strict';
import { it } from 'node:test';
import { groupScores } from './macro.ts';

it('groups count once, however many rows they have, and not below eight', () => {
  const errors = (group: string, count: number, ratio: number) =>
    Array.from({ length: count }, () => ({ group, error: Math.log(ratio) }));
  const scores = groupScores([
    ...errors('a', 300, 1.1),
    ...errors('b', 8, 0.8),
    ...errors('c', 7, 9),
  ]);
  assert.deepEqual(
    scores.map(({ rows, median, bias }) => [rows, Math.round(median), Math.round(bias)]),
    [
      [300, 10, 10],
      [8, 20, -20],
    ],
  );
});
