import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Micros } from '../../../base/money.ts';
import { buildTask } from '../../../spec/build-for-tests.ts';
import type { Goal, Work } from '../../../spec/task.ts';
import { objectiveOf } from './minimized-by.ts';

function wish(minimize: Goal['minimize'], work: Work | null = null) {
  const worth = { microsPerHour: 2e6 as Micros, microsPerKilogram: 1e5 as Micros };
  const goal = { ...buildTask().goal, minimize, ...(minimize === 'weighted' ? { worth } : {}) };
  return objectiveOf({ goal, work });
}

describe('the objective of a goal', () => {
  it('is what the goal says, with its prices', () => {
    assert.deepEqual(wish('carbon'), { minimize: 'carbon' });
    assert.deepEqual(wish('weighted'), {
      minimize: 'weighted',
      microsPerHour: 2e6,
      microsPerKilogram: 1e5,
    });
  });

  it('is cost for work by machines, which is done in an hour whatever it is done on', () => {
    const byMachine = { units: 1, per: 'machine', throughput: {} } as const;
    assert.deepEqual(wish('time', byMachine), { minimize: 'cost' });
    assert.deepEqual(wish('time', { ...byMachine, per: 'hour' }), { minimize: 'time' });
    assert.deepEqual(wish('carbon', byMachine), { minimize: 'carbon' });
  });
});
