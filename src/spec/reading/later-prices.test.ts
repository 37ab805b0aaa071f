import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, taskIn } from './read-for-tests.ts';

const PRICES = 'later_prices: [{after: 8h, price: $3}, {after: 5h, price: $1/h}]';

function messagesOf(text: string): string {
  return problemsOf(text)
    .map(({ message }) => message)
    .join('; ');
}

describe('prices that are to come', () => {
  it('are read in order of time', () => {
    const { offers } = taskIn(`offers: [{name: a, price: $2, ${PRICES}}]`);
    assert.deepEqual(offers[0]!.laterPrices, [
      { fromS: 18_000, nanosPerHour: 1e9 },
      { fromS: 28_800, nanosPerHour: 3e9 },
    ]);
    assert.equal(taskIn('offers: [{name: a, price: $2}]').offers[0]!.laterPrices, undefined);
  });

  it('go with a window for the start, which `up` does not hold', () => {
    const task = taskIn('goal: {start: {after: 1h, within: 12h}}');
    assert.deepEqual(task.goal.start, { afterMs: 3_600_000, withinMs: 43_200_000 });
    assert.deepEqual(
      task.notHonored.map(({ key, changesRun }) => [key, changesRun]),
      [['goal.start', true]],
    );
    assert.deepEqual(taskIn('goal: {start: {after: 1h}}').goal.start, {
      afterMs: 3_600_000,
      withinMs: 3_600_000,
    });
  });

  it('are refused where nothing is planned by them', () => {
    assert.match(messagesOf('goal: {start: {after: 2h, within: 1h}}'), /ends before it begins/);
    const units = 'work: {units: 1, throughput: {a: 1}}';
    assert.match(messagesOf(`${units}\ngoal: {start: {within: 1h}}`), /work in units begins now/);
    assert.match(messagesOf('kind: serve\ngoal: {start: {within: 1h}}'), /a service begins now/);
    assert.match(
      messagesOf(`offers: [{name: a, price: $2, spot: true, ${PRICES}}]`),
      /"a" has later_prices, and is spot or paid for/,
    );
    assert.match(
      messagesOf('offers: [{name: a, price: $2, later_prices: [{after: 5h}]}]'),
      /"price"/,
    );
  });
});
