import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, taskIn } from './read-for-tests.ts';

describe('what a goal minimizes', () => {
  it('is cost, where it does not say', () => {
    assert.deepEqual(taskIn('goal: {deadline: 1h}').goal.minimize, 'cost');
  });

  it('is carbon, or cost with a price for time and for carbon', () => {
    assert.equal(taskIn('goal: {minimize: Carbon}').goal.minimize, 'carbon');
    const { minimize, worth } = taskIn('goal: {minimize: {hour: $2, kg: 0.1}}').goal;
    assert.deepEqual(
      [minimize, worth],
      ['weighted', { microsPerHour: 2e6, microsPerKilogram: 1e5 }],
    );
    assert.deepEqual(taskIn('goal: {minimize: {kg: $1}}').goal.worth!.microsPerHour, 0);
  });

  it('is refused with no price at all, or one that is none', () => {
    const messageOf = (minimize: string) => problemsOf(`goal: {minimize: ${minimize}}`)[0]!.message;
    assert.match(messageOf('{}'), /needs a price for hour or kg/);
    assert.match(messageOf('{hour: soon}'), /needs an amount of dollars/);
    assert.match(messageOf('{hours: $1}'), /no key "hours"/);
    assert.match(messageOf('carbo'), /needs one of cost, time, carbon/);
  });
});
