import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/base/rng.ts';
import type { Run } from '../../src/spec/run.ts';
import { type SpotTrace, SpotWorld } from './spot-world.ts';

const WORLDS = Number(process.env['KEDGE_SPOT_WORLDS'] ?? 4);

const hasEnded = ({ state }: Run): boolean => state === 'ended';

async function played(trace: SpotTrace, restartsAfterHours: readonly number[] = []) {
  const world = new SpotWorld(trace);
  await world.launch();
  for (const hours of restartsAfterHours) {
    await world.until((run) => hasEnded(run) || world.hoursNow() >= hours);
    world.restart();
  }
  const over = await world.until(hasEnded);
  assert.equal(over.outcome, 'succeeded');
  assert.deepEqual(world.ledger.doubled(), []);
  return { over, world, costUsd: world.costUsd(), tookHours: world.hoursNow() };
}

describe('a run on spot that has a deadline', () => {
  it('ends in time though it is taken away twice, and costs less than on demand', async () => {
    const trace = { workHours: 6, deadlineHours: 10, flipsAtHours: [2, 3, 5, 5.5] };
    const { over, costUsd, tookHours } = await played(trace);
    const lost = over.attempts.filter(({ outcome }) => outcome === 'infra-lost');
    assert.ok(lost.length >= 2);
    assert.ok(tookHours <= 10 && costUsd < 0.6 * 18, `$${costUsd} in ${tookHours} h`);
  });

  it('waits for spot as long as it may, says until when, and then takes on-demand', async () => {
    const world = new SpotWorld({ workHours: 4, deadlineHours: 6, flipsAtHours: [1] });
    await world.launch();
    const waits = await world.until(({ state, reason }) => {
      return state === 'queued' && reason?.startsWith('waits for spot') === true;
    });
    assert.match(
      waits.reason!,
      /until 2027-01-15 \d\d:\d\d UTC at the latest: on demand then still/,
    );
    const over = await world.until(hasEnded);
    assert.deepEqual(
      over.moves.map(({ state, line }) => [state, line.offerId, line.spot]),
      [['moved', 'on-demand', false]],
    );
    assert.match(over.moves[0]!.reason, /^on demand /);
    assert.ok(world.hoursNow() <= 6);
    const told = [...world.specs.values()].map(({ envs }) => envs['KEDGE_CHECKPOINT_EVERY_S']);
    assert.deepEqual([...new Set(told)], ['600']);
  });

  it('leaves on-demand for spot that is back, where the place tells of it', async () => {
    const { over, costUsd } = await played({
      workHours: 6,
      deadlineHours: 8,
      flipsAtHours: [1, 4],
    });
    assert.deepEqual(
      over.moves.map(({ state, line }) => [state, line.offerId]),
      [
        ['moved', 'on-demand'],
        ['moved', 'spot'],
      ],
    );
    assert.match(over.moves[1]!.reason, /^spot is back/);
    assert.ok(costUsd < 18);
  });

  it('misses no deadline that on-demand meets, whatever spot does and whoever restarts', async () => {
    const random = seededRandom(7);
    let [paid, alone] = [0, 0];
    for (let one = 0; one < WORLDS; one++) {
      const workHours = 3 + Math.floor(random() * 4);
      const deadlineHours = workHours * (1.15 + random());
      const flipsAtHours: number[] = [];
      let at = random() < 0.3 ? 0 : 0.1 + 3 * random();
      for (; at < deadlineHours; at += 0.2 + 4 * random() ** 2) flipsAtHours.push(at);
      const trace = { workHours, deadlineHours, flipsAtHours, tells: random() < 0.7 };
      const { costUsd, tookHours } = await played(trace, [random() * deadlineHours]);
      const told = JSON.stringify({ ...trace, costUsd, tookHours });
      assert.ok(tookHours <= deadlineHours, told);
      paid += costUsd;
      alone += 3 * workHours;
    }
    assert.ok(paid < alone, `$${paid} instead of $${alone}`);
  });
});
