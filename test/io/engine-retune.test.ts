import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { planner } from '../../src/app/replan.ts';
import { rateFromUsd } from '../../src/base/money.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { buildModel, buildTraining } from '../../src/core/demand/build-for-tests.ts';
import { Retuner } from '../../src/engine/retuner.ts';
import type { RunRequest } from '../../src/ports/store.ts';
import {
  buildAllocation,
  buildCarriedModel,
  buildOffer,
  buildPlan,
  buildTaskFile,
} from '../../src/spec/build-for-tests.ts';
import type { Offer } from '../../src/spec/offer.ts';
import type { Run } from '../../src/spec/run.ts';
import type { Task } from '../../src/spec/task.ts';
import { TASK, TwoPlaces } from './two-places.ts';

const DAY_LONG = {
  task: () => ({ durationMs: 24 * HOUR_MS, exitCode: 0, output: '', ignoresTerminate: false }),
};
const PRICES = { nanosPerHour: rateFromUsd(2), billingIncrementS: 1, billingMinimumS: 0 };

function offer(place: string, usdPerHour: number): Offer {
  const parts = { id: place, place, provider: place, accelerator: 'H100', acceleratorCount: 1 };
  const nanosPerHour = rateFromUsd(usdPerHour);
  return buildOffer({ ...parts, instance: null, launchable: true, nanosPerHour });
}

type Prices = (sinceMs: number) => number;
type WorldOptions = {
  readonly usdAtA?: Prices;
  readonly autoRetune?: boolean;
  readonly task?: Task;
  readonly models?: RunRequest['models'];
};

/** A run of a day at place a, for $2 an hour; what b costs is told by the moment. */
async function world(
  usdAtB: Prices,
  { usdAtA = () => 2, autoRetune = true, task = TASK, models }: WorldOptions = {},
): Promise<TwoPlaces> {
  const places = new TwoPlaces({ a: { ...CALM, ...DAY_LONG }, b: { ...CALM, ...DAY_LONG } });
  const begun = places.clock.now();
  places.retuner = new Retuner(
    planner({
      clock: places.clock,
      readTasks: () => buildTaskFile([task]),
      offers: async () => {
        const since = places.clock.now() - begun;
        return [offer('a', usdAtA(since)), offer('b', usdAtB(since))];
      },
    }),
  );
  const line = buildAllocation({ ...PRICES, provider: 'a', place: 'a', offerId: 'a', hours: 24 });
  await places.launch({ plan: buildPlan([line]), autoRetune, models });
  await places.until(({ state }) => state === 'running');
  return places;
}

const after = (places: TwoPlaces, ms: number) => {
  const until = places.clock.now() + ms;
  return places.until((run) => places.clock.now() >= until || run.state === 'ended');
};

const moved = ({ moves }: Run) => moves.filter(({ state }) => state === 'moved');

describe('a run that Kedge may retune', () => {
  it('is moved within minutes of a price that pays, and says what that saves', async () => {
    const places = await world((sinceMs) => (sinceMs < 10 * MINUTE_MS ? 2 : 1));
    assert.equal(moved(await after(places, 8 * MINUTE_MS)).length, 0);
    const run = await after(places, 5 * MINUTE_MS);
    assert.equal(moved(run).length, 1);
    const told = await places.store.pageEvents(run, 0, 1000);
    const wish = told.find(({ type }) => type === 'move.requested');
    assert.match(JSON.stringify(wish?.data), /retuned: b in place of a saves \$/);
  });

  it('waits until a move has paid for itself, however often a better price shows up', async () => {
    // Every three minutes the place where it is not costs half of what it has ever cost.
    const steps = (sinceMs: number) => Math.floor(sinceMs / (3 * MINUTE_MS));
    const usdAt = (place: number) => (sinceMs: number) =>
      2 ** -(steps(sinceMs) - (steps(sinceMs) % 2 === place ? 0 : 1));
    const places = await world(usdAt(1), { usdAtA: usdAt(0) });
    const run = await after(places, 50 * MINUTE_MS);
    const ends = moved(run).map(({ endedAt }) => endedAt!);
    assert.ok(ends.length >= 3, `${ends.length} moves`);
    for (const [index, at] of ends.entries()) {
      if (index > 0) assert.ok(at - ends[index - 1]! >= 15 * MINUTE_MS);
    }
    assert.equal(places.overlaps(), 0);
  });

  it('stays where next to nothing would be saved', async () => {
    const places = await world(() => 1.9);
    assert.deepEqual((await after(places, 10 * MINUTE_MS)).moves, []);
  });

  it('is moved for a price also with a model that only its user can read', async () => {
    const own = buildCarriedModel();
    const task = {
      ...TASK,
      model: buildModel({ id: own.id }),
      training: buildTraining({ method: 'lora' }),
    };
    const places = await world(() => 1, { task, models: [own] });
    assert.equal(moved(await after(places, 5 * MINUTE_MS)).length, 1);
  });

  it('stays when its user has not allowed it', async () => {
    const places = await world(() => 0.1, { autoRetune: false });
    assert.deepEqual((await after(places, 10 * MINUTE_MS)).moves, []);
  });
});
