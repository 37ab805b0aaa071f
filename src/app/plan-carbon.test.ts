import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { planText as plan, planWords as words } from './plan-text-for-tests.ts';

const EXAMPLE = readFileSync(new URL('../../examples/greener/task.yaml', import.meta.url), 'utf8');

/** One of two machines for ten hours. */
function choice(goal: string, dirty = ', grams_per_hour: 1000'): string {
  return `
work: {hours: 10}
goal: {minimize: ${goal}}
offers: [{name: dirty, price: $1${dirty}}, {name: clean, price: $2, grams_per_hour: 100}]
`;
}

describe('a plan by its carbon', () => {
  it('of the example emits least, and says what that is', async () => {
    const found = await plan(EXAMPLE);
    assert.deepEqual(
      found.allocations.map(({ offerId }) => offerId),
      ['hydro'],
    );
    assert.match(words(found), /carbon: 75 g of CO2e\n/);
  });

  it('takes the machine that emits less, whatever it costs, and proves it', async () => {
    const found = await plan(choice('carbon'));
    assert.equal(found.allocations[0]!.offerId, 'clean');
    assert.deepEqual(found.objective, {
      unit: 'g',
      value: 1000,
      bound: 1000,
      gap: 0,
      proof: 'enumeration',
    });
    assert.match(words(found), /carbon: 1 kg of CO2e\n {2}proven: no plan emits less than 1 kg/);
  });

  it('with a price for a kilogram pays for less carbon where that is worth it', async () => {
    const placeAt = async (kg: string) =>
      (await plan(choice(`{kg: ${kg}}`))).allocations[0]!.offerId;
    // Nine kilograms less for ten dollars more.
    assert.deepEqual([await placeAt('$1.1'), await placeAt('$1.2')], ['dirty', 'clean']);
    const found = await plan(choice('{kg: $2}'));
    assert.deepEqual([found.objective!.unit, found.objective!.value], ['usd', 22]);
    assert.match(
      words(found),
      /at their prices, is \$22.00; proven: that of no plan is below \$22/,
    );
  });

  it('hires nothing of which nobody says what it emits: unknown is not none', async () => {
    const found = await plan(choice('carbon', ''));
    assert.equal(found.allocations[0]!.offerId, 'clean');
    assert.deepEqual(
      found.refusals.map(({ code }) => code),
      ['unknown-carbon'],
    );
    const nowhere = 'work: {hours: 1}\ngoal: {minimize: carbon}\noffers: [{name: a, price: $1}]';
    const error = await plan(nowhere).catch((reason: unknown) => reason);
    assert.ok(error instanceof KedgeError);
    assert.match(error.message, /nobody says how much CO2e it emits/);
    assert.match(error.hint!, /grams_per_hour/);
  });

  it('says of a cheap plan as well what it emits, where that is known', async () => {
    assert.match(words(await plan(choice('cost'))), /carbon: 10 kg of CO2e/);
    assert.doesNotMatch(words(await plan(choice('cost', ''))), /carbon/);
  });
});
