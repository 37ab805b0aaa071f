import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import { MINUTE_MS } from '../../src/base/time.ts';
import type { Run } from '../../src/spec/run.ts';
import { KEY, STATE, TwoPlaces } from './two-places.ts';

const MOVES = Number(process.env['KEDGE_MOVES'] ?? 20);

const isMoved = ({ moves }: Run): boolean => moves.some(({ endedAt }) => endedAt !== null);
const runs = ({ state }: Run): boolean => state === 'running';
const hasEnded = ({ state }: Run): boolean => state === 'ended';

describe('a run that is moved', () => {
  it('goes on at the new place from its checkpoint, and is gone from the old one', async () => {
    const world = new TwoPlaces();
    await world.launch();
    await world.until(runs);
    await world.move();
    const moved = await world.until(isMoved);
    assert.deepEqual(
      moved.moves.map(({ state, bytes }) => ({ state, bytes })),
      [{ state: 'moved', bytes: STATE.length }],
    );
    assert.equal(await world.filesAt(world.b), 'weights of step 100');
    assert.equal(await world.filesAt(world.a), null);
    const over = await world.until(hasEnded);
    assert.equal(over.outcome, 'succeeded');
    assert.deepEqual(
      over.attempts.map(({ outcome, move }) => ({ outcome, move })),
      [
        { outcome: 'moved', move: 0 },
        { outcome: 'succeeded', move: 1 },
      ],
    );
    assert.equal(world.b.ledger.machines().length, 1);
    assert.equal(world.overlaps(), 0);
  });

  it('goes on where it was when the new place turns it away, and nothing counts as failed', async () => {
    for (const answer of ['denied', 'no-capacity'] as const) {
      const world = new TwoPlaces({ b: { onCreate: () => answer } });
      await world.launch();
      await world.until(runs);
      await world.move();
      const over = await world.until(hasEnded);
      assert.equal(over.outcome, 'succeeded');
      assert.equal(over.moves[0]?.state, 'abandoned');
      assert.match(over.moves[0]!.reason, /^b turned it away: /);
      assert.equal(await world.filesAt(world.a), 'weights of step 100');
      assert.equal(await world.filesAt(world.b), null);
      assert.equal(world.a.ledger.machines().length, 2);
    }
  });

  it('goes on where it was when its checkpoint cannot be carried for ten minutes', async () => {
    const world = new TwoPlaces({
      a: { task: () => ({ ...CALM.task(null as never), durationMs: 1e6 }) },
    });
    world.b.files.openTransfer = async () => {
      throw new KedgeError('driver.no-reply', 'b does not answer');
    };
    await world.launch();
    await world.until(runs);
    await world.move();
    const asked = world.clock.now();
    const over = await world.until(isMoved);
    assert.equal(over.moves[0]?.state, 'abandoned');
    assert.match(over.moves[0]!.reason, /b does not answer/);
    assert.ok(world.clock.now() - asked < 12 * MINUTE_MS);
    await world.until(runs);
    assert.equal(await world.filesAt(world.a), 'weights of step 100');
  });

  it('is left where it is when its task had succeeded before', async () => {
    const world = new TwoPlaces({ a: { onStop: () => 'ignored' } });
    await world.launch();
    await world.until(runs);
    await world.move();
    const over = await world.until(hasEnded);
    assert.equal(over.outcome, 'succeeded');
    assert.equal(over.moves[0]?.state, 'abandoned');
    assert.equal(world.b.ledger.machines().length, 0);
  });

  it('ends when the user stops it in the middle, and nothing of it lives anywhere', async () => {
    for (const looks of [1, 2, 3, 5, 8]) {
      const world = new TwoPlaces();
      await world.launch();
      await world.until(runs);
      await world.move();
      let left = looks;
      await world.until((run) => left-- <= 0 || run.state === 'ended');
      await world.store.append(KEY, 'user', [{ type: 'run.stop-requested', data: {} }]);
      const over = await world.until(hasEnded);
      assert.equal(over.outcome, 'cancelled');
      assert.deepEqual([...world.a.ledger.live(), ...world.b.ledger.live()], []);
      assert.ok(over.moves.every(({ endedAt }) => endedAt !== null));
    }
  });

  it('fault 18: cut at any moment, it goes on in one place, from a whole checkpoint', async () => {
    for (let seed = 1; seed <= MOVES; seed++) {
      const random: Random = seededRandom(seed);
      const world = new TwoPlaces();
      await world.launch();
      await world.until(runs);
      await world.move();
      world.crashes = () => random() < 0.08;
      const over = await world.until(hasEnded);
      assert.equal(over.outcome, 'succeeded', `seed ${seed}`);
      assert.equal(world.overlaps(), 0, `seed ${seed}: both places at once`);
      const doubled = [...world.a.ledger.doubled(), ...world.b.ledger.doubled()];
      assert.deepEqual(doubled, [], `seed ${seed}`);
      const kept = [await world.filesAt(world.a), await world.filesAt(world.b)];
      const where = over.moves[0]?.state === 'moved' ? 1 : 0;
      assert.equal(kept[where], 'weights of step 100', `seed ${seed}: ${over.moves[0]?.reason}`);
    }
  });
});
