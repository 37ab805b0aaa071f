import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Figure } from './figure.ts';
import { keepFigures } from './keep-figures.ts';

const figure: Figure = {
  name: 'plan.median',
  value: 301.5,
  unit: 'ms',
  limit: 400,
  better: 'lower',
  runs: 15,
  spread: [290, 310],
  machine: 'a laptop',
};
const README = `# Figures

| \`plan.median\` | ≤ 400 ms |

## Last figures

Measured on an abacus.

| figure | value | spread | runs | measured |
| --- | --- | --- | --- | --- |
| \`plan.median\` | 900 ms | 900–900 | 1 | long ago |
| \`up.wall\` | 9 s | 8–10 | 3 | long ago |
`;

it('a new figure replaces the old one, and leaves all others as they were', () => {
  const kept = keepFigures(README, [figure], 'today');
  assert.equal(
    kept,
    `# Figures

| \`plan.median\` | ≤ 400 ms |

## Last figures

Measured on a laptop.

| figure        | value    | spread  | runs | measured |
| ------------- | -------- | ------- | ---- | -------- |
| \`plan.median\` | 301.5 ms | 290–310 | 15   | today    |
| \`up.wall\`     | 9 s      | 8–10    | 3    | long ago |
`,
  );
  assert.equal(keepFigures(kept, [figure], 'today'), kept);
});
