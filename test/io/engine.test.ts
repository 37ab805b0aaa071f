import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { EngineWorld } from './engine-world.ts';

const once =
  <Fault>(fault: Fault) =>
  (_ref: unknown, call: number): Fault | 'done' =>
    call === 0 ? fault : 'done';

describe('the engine, judged by the ledger of a virtual provider', () => {
  it('runs a gang of three to its end, on three machines', async () => {
    const world = new EngineWorld({ nodes: 3 });
    await world.launch();
    const run = await world.play();
    assert.equal(run.outcome, 'succeeded');
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 3);
    assert.deepEqual([world.ledger.live(), world.ledger.doubled()], [[], []]);
  });

  it('a create whose reply was lost is settled by asking, not by buying again (fault 3)', async () => {
    const world = new EngineWorld({ nodes: 2, script: { onCreate: once('reply-lost') } });
    await world.launch();
    assert.equal((await world.play()).outcome, 'succeeded');
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 2);
  });

  it('a place that stays out of sight for an hour gets no second machine (fault 10)', async () => {
    const from = asEpochMs(1_800_000_010_000);
    const isOutOfSight = (_: unknown, at: number): boolean => at > from && at < from + 3_600_000;
    const world = new EngineWorld({ script: { isOutOfSight } });
    await world.launch();
    assert.equal((await world.play()).outcome, 'succeeded');
    assert.deepEqual(world.ledger.doubled(), []);
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 1);
  });

  it('a termination that is acknowledged and not done is asked for again (fault 5)', async () => {
    const onStop = (_: unknown, call: number) => (call < 5 ? 'ignored' : 'done') as 'done';
    const task = () => ({ ...CALM.task({} as never), durationMs: null });
    const world = new EngineWorld({ script: { onStop, task } });
    await world.launch();
    const run = await world.play(async (_, look) => {
      if (look === 30) await world.stop();
    });
    assert.equal(run.outcome, 'cancelled');
    assert.deepEqual(world.ledger.live(), []);
  });

  it('a preempted gang is placed anew, whole, and the old one is gone first (fault 9)', async () => {
    const preemptedAfterMs = (ref: { attempt: number; rank: number }): number | null =>
      ref.attempt === 1 && ref.rank === 1 ? 5000 : null;
    const world = new EngineWorld({ nodes: 3, script: { preemptedAfterMs } });
    await world.launch();
    const run = await world.play();
    assert.deepEqual([run.outcome, run.attempts.length], ['succeeded', 2]);
    assert.deepEqual(world.ledger.live(), []);
  });

  it('no capacity is no failure of the task: it is tried again after a pause', async () => {
    const onCreate = (ref: { attempt: number }) =>
      (ref.attempt < 3 ? 'no-capacity' : 'done') as 'done';
    const world = new EngineWorld({ script: { onCreate } });
    await world.launch();
    const run = await world.play();
    assert.deepEqual([run.outcome, run.attempts.length], ['succeeded', 3]);
  });

  it('a stop at any moment of a launch leaves nothing running (fault 48)', async () => {
    for (let moment = 0; moment < 40; moment++) {
      const task = () => ({ ...CALM.task({} as never), durationMs: null });
      const world = new EngineWorld({ nodes: 2, script: { task } });
      await world.launch();
      const run = await world.play(async (_, look) => {
        if (look === moment) await world.stop();
      });
      assert.equal(run.outcome, 'cancelled');
      assert.deepEqual(world.ledger.live(), [], `stopped at look ${moment}`);
    }
  });

  it('a server that dies at any call, again and again, loses and doubles nothing (fault 1)', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const onCreate = () => (random() < 0.2 ? 'reply-lost' : 'done') as 'done';
      const onStop = () => (random() < 0.3 ? 'ignored' : 'done') as 'done';
      const exits = random() < 0.3 ? 5 : 0;
      const task = () => ({ ...CALM.task({} as never), durationMs: 20_000, exitCode: exits });
      const crashes = () => random() < 0.05;
      const world = new EngineWorld({
        nodes: 1 + (seed % 3),
        crashes,
        script: { onCreate, onStop, task },
      });
      await world.launch();
      const run = await world.play();
      assert.equal(run.outcome, exits === 0 ? 'succeeded' : 'task-failed', `seed ${seed}`);
      assert.equal(run.attempts.length, 1, `seed ${seed}: started once`);
      assert.deepEqual([world.ledger.live(), world.ledger.doubled()], [[], []], `seed ${seed}`);
    }
  });
});
