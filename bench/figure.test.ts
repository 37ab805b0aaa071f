import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Figure, figureOf, isBeyond } from './figure.ts';
import { jsonLines, table } from './report.ts';
import { median } from './statistics.ts';

const fast = figureOf('plan.median', [350.123_45, 300, 390], median, 'a laptop');
const slow: Figure = { ...fast, value: 400.1 };
const peer = figureOf('plan.skypilot', [2900], median, 'a laptop');

it('a figure tells its runs, its spread and the machine', () => {
  assert.deepEqual(fast, {
    name: 'plan.median',
    value: 350.1,
    unit: 'ms',
    limit: 400,
    better: 'lower',
    runs: 3,
    spread: [300, 390],
    machine: 'a laptop',
  });
});

it('at the limit is within it, above is beyond it', () => {
  assert.equal(isBeyond({ ...fast, value: 400 }), false);
  assert.equal(isBeyond(slow), true);
});

it('a ratio is beyond its limit when noise cannot explain it', () => {
  const ratio: Figure = { ...fast, name: 'plan.vs-node', unit: 'x', limit: 15, value: 16.4 };
  assert.equal(isBeyond(ratio), false);
  assert.equal(isBeyond({ ...ratio, value: 16.6 }), true);
});

it('where more is better, less is beyond', () => {
  const higher: Figure = { ...fast, better: 'higher' };
  assert.equal(isBeyond({ ...higher, value: 399 }), true);
  assert.equal(isBeyond({ ...higher, value: 401 }), false);
});

it('a baseline is never beyond', () => {
  assert.equal(isBeyond({ ...peer, value: 1e9 }), false);
});

it('for programs there is one JSON line for each figure', () => {
  const lines = jsonLines([fast, peer]).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [fast, peer],
  );
});

it('for people a table says which figure is beyond its limit', () => {
  const lines = table([fast, slow, peer]).trimEnd().split('\n');
  assert.equal(lines.length, 6);
  assert.match(lines[1]!, /^plan\.median +350\.1 ms +≤ 400 ms +3 +300–390 *$/);
  assert.match(lines[2]!, /beyond/);
  assert.match(lines[3]!, /^plan\.skypilot +2900 ms +- /);
  assert.match(lines[5]!, /a laptop/);
});
