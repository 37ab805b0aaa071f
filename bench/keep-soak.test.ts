import assert from 'node:assert/strict';
import { it } from 'node:test';
import { keepSoak, type Soak } from './keep-soak.ts';

const soak: Soak = {
  seed: 7,
  killsByPoint: new Map([
    ['store.append:before', 2],
    ['store.append:after', 1],
    ['local.create:during', 3],
    ['random', 994],
  ]),
  runsByKind: new Map([
    ['local plain', 20],
    ['fake gang', 10],
  ]),
  nodes: 50,
  leaked: 0,
  doubled: 0,
  lost: 0,
  seconds: 1230,
};

it('a soak takes the place of the last one, and says what was killed where', () => {
  const page = '# Soak\n\nWhat it is.\n\n## Last soak\n\nLong ago, seed 1.\n';
  assert.equal(
    keepSoak(page, soak, 'Today, commit abc'),
    `# Soak

What it is.

## Last soak

Today, commit abc, seed 7.

| kills | at points | at random | runs | nodes | leaked | doubled | lost | minutes |
| ----- | --------- | --------- | ---- | ----- | ------ | ------- | ---- | ------- |
| 1000  | 6         | 994       | 30   | 50    | 0      | 0       | 0    | 20.5    |

Nothing in 1000 kills: less than 0.3 % of kills do harm, with 95 % confidence.

| kills at       | before | during | after |
| -------------- | ------ | ------ | ----- |
| \`local.create\` | 0      | 3      | 0     |
| \`store.append\` | 2      | 0      | 1     |

| runs of     | count |
| ----------- | ----- |
| fake gang   | 10    |
| local plain | 20    |
`,
  );
});

it('a soak that has broken something claims no bound', () => {
  const broken = keepSoak('# Soak\n', { ...soak, lost: 1 }, 'Today');
  assert.doesNotMatch(broken, /confidence/);
  assert.match(broken, /\| 0 {6}\| 0 {7}\| 1 {4}\|/);
});
