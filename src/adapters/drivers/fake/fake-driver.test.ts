import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { seededRandom } from '../../../base/rng.ts';
import { asEpochMs } from '../../../base/time.ts';
import {
  buildNodeSpec,
  type DriverHarness,
  driverConformance,
  type TaskWords,
} from '../../../ports/driver.conformance.ts';
import type { NodeRef, NodeSpec, Observation } from '../../../ports/driver.ts';
import { fakeDriver } from './fake-driver.ts';
import { Ledger } from './ledger.ts';
import { CALM, type FakeScript, type FakeTask } from './script.ts';
import { VirtualClock } from './virtual-clock.ts';

const START = asEpochMs(Date.UTC(2026, 0, 1));

/** A task as a command: what it does, in JSON; `$NAME` in the output is a variable. */
function command(parts: Partial<FakeTask>): string {
  const task = { durationMs: 1000, exitCode: 0, output: '', ignoresTerminate: false };
  return JSON.stringify({ ...task, ...parts });
}

function readCommand({ run, envs }: NodeSpec): FakeTask {
  const task = JSON.parse(run) as FakeTask;
  return { ...task, output: task.output.replace(/\$(\w+)/g, (_, name) => envs[name] ?? '') };
}

const WORDS: TaskWords = {
  exits: (exitCode) => command({ exitCode }),
  prints: (output) => command({ output }),
  printsVariables: (names) =>
    command({ output: names.map((name) => `${name}=$${name}\n`).join('') }),
  printsAndStays: (output) => command({ output, durationMs: null }),
  printsAndResists: (output) => command({ output, durationMs: null, ignoresTerminate: true }),
};

/** A virtual provider, its book, and a clock that moves when a test waits. */
class FakePlace implements DriverHarness {
  readonly clock = new VirtualClock(START);
  readonly ledger = new Ledger();
  readonly task = WORDS;
  readonly driver;

  constructor(faults: Partial<FakeScript> = {}) {
    const script = { ...CALM, task: readCommand, ...faults };
    const { clock, ledger } = this;
    this.driver = fakeDriver({ clock, random: seededRandom(1), ledger, script });
  }

  async waitFor(ref: NodeRef, isWanted: (seen: Observation) => boolean): Promise<Observation> {
    for (let look = 0; look < 1000; look++) {
      const [seen] = await this.driver.observe([ref]);
      if (isWanted(seen!)) return seen!;
      await this.clock.advance(100);
    }
    return assert.fail(`${ref.token} never showed it`);
  }

  async cleanup(): Promise<void> {
    assert.deepEqual(this.ledger.doubled(), []);
  }
}

driverConformance('fake', async () => new FakePlace());
driverConformance('fake with slow machines', async () => {
  return new FakePlace({ bootMs: { min: 30_000, max: 60_000 } });
});

describe('a virtual provider', () => {
  const spec = buildNodeSpec({ run: WORDS.printsAndStays('up') });

  it('sells the machine although its reply is lost, and only once when asked again', async () => {
    const place = new FakePlace({ onCreate: (_, call) => (call < 2 ? 'reply-lost' : 'done') });
    await assert.rejects(place.driver.create(spec), { code: 'driver.no-reply', retry: 'later' });
    await assert.rejects(place.driver.create(spec), { code: 'driver.no-reply' });
    await place.driver.create(spec);
    assert.deepEqual(place.ledger.live(), [spec.ref]);
    assert.deepEqual(place.ledger.doubled(), []);
  });

  it('refuses without a sale when it has none left', async () => {
    const place = new FakePlace({ onCreate: () => 'no-capacity' });
    await assert.rejects(place.driver.create(spec), { code: 'launch.no-capacity' });
    assert.deepEqual(place.ledger.live(), []);
    assert.deepEqual(eventsOf(place), ['refused']);
  });

  it('refuses nobody what they have bought, though nothing is left', async () => {
    const place = new FakePlace({ onCreate: (_, call) => (call === 0 ? 'done' : 'no-capacity') });
    await place.driver.create(spec);
    await place.driver.create(spec);
    assert.deepEqual(place.ledger.live(), [spec.ref]);
  });

  it('turns away who may not buy, for good', async () => {
    const place = new FakePlace({ onCreate: () => 'denied' });
    await assert.rejects(place.driver.create(spec), { code: 'auth.denied', retry: 'never' });
    assert.deepEqual(place.ledger.live(), []);
  });

  it('shows a node that was barred as ended, once it has been asked for', async () => {
    const place = new FakePlace({ onStop: () => 'ignored' });
    await place.driver.stop(spec.ref, { graceMs: 0 });
    assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'absent' }]);
    await place.driver.create(spec);
    const [seen] = await place.driver.observe([spec.ref]);
    assert.ok(seen?.state === 'ended' && seen.how === 'stopped' && seen.startedAt === null);
    assert.deepEqual(place.ledger.machines(), []);
  });

  it('keeps in its book what became of each machine', async () => {
    const place = new FakePlace({ bootMs: { min: 1000, max: 1000 } });
    const short = buildNodeSpec({ run: WORDS.exits(3), rank: 1 });
    await place.driver.create(short);
    await place.clock.advance(500);
    await place.driver.create(spec);
    await place.clock.advance(5000);
    await place.driver.list('');
    const [over, live] = place.ledger.machines();
    assert.deepEqual([over!.boughtAt - START, over!.startedAt! - START], [0, 1000]);
    assert.deepEqual([over!.end?.endedAt, over!.end?.exitCode], [START + 2000, 3]);
    assert.deepEqual([live!.ref, live!.startedAt! - START, live!.end], [spec.ref, 1500, null]);
  });

  it('shows a sale late, in observations and in lists', async () => {
    const place = new FakePlace({ lagMs: 2000 });
    await place.driver.create(spec);
    assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'absent' }]);
    assert.deepEqual(await place.driver.list(spec.installationId), []);
    await place.clock.advance(2000);
    assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'starting' }]);
    assert.deepEqual(await place.driver.list(spec.installationId), [spec.ref]);
  });

  it('ignores so many stops, and keeps charging', async () => {
    const place = new FakePlace({ onStop: (_, call) => (call < 2 ? 'ignored' : 'done') });
    await place.driver.create(spec);
    await place.waitFor(spec.ref, ({ state }) => state === 'running');
    for (const live of [1, 1, 0]) {
      await place.driver.stop(spec.ref, { graceMs: 0 });
      assert.equal(place.ledger.live().length, live);
    }
    assert.deepEqual(eventsOf(place), ['bought', 'started', 'stopped', 'ended']);
  });

  it('takes a machine away, which is a loss and not a failure', async () => {
    const place = new FakePlace({ preemptedAfterMs: () => 5000 });
    await place.driver.create(spec);
    const end = await place.waitFor(spec.ref, ({ state }) => state === 'ended');
    assert.ok(end.state === 'ended' && end.how === 'lost' && end.exitCode === null);
    assert.equal(end.endedAt - end.startedAt!, 5000);
  });

  it('loses sight of a machine that lives on', async () => {
    const until = START + 20_000;
    const place = new FakePlace({ isOutOfSight: (_, at) => at < until });
    await place.driver.create(spec);
    await place.clock.advance(19_999);
    assert.equal((await place.driver.observe([spec.ref]))[0]?.state, 'unknown');
    assert.equal(place.ledger.live().length, 1);
    await place.clock.advance(1);
    assert.equal((await place.driver.observe([spec.ref]))[0]?.state, 'running');
  });

  it('forgets a machine that is gone, and sells it anew, which is not the same one twice', async () => {
    const place = new FakePlace({
      bootMs: { min: 1000, max: 1000 },
      forgottenAfterMs: (_, purchase) => (purchase === 0 ? 5000 : null),
    });
    await place.driver.create(spec);
    await place.clock.advance(5999);
    assert.equal((await place.driver.observe([spec.ref]))[0]?.state, 'running');
    await place.clock.advance(1);
    assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'absent' }]);
    assert.deepEqual(await place.driver.list(spec.installationId), []);
    assert.deepEqual(place.ledger.live(), []);
    await place.driver.create(spec);
    assert.deepEqual([place.ledger.live(), place.ledger.doubled()], [[spec.ref], []]);
    const [gone] = place.ledger.machines();
    assert.deepEqual([gone!.startedAt! - START, gone!.end?.endedAt], [1000, START + 6000]);
  });

  it('writes down a node that is bought under two tokens', async () => {
    const place = new FakePlace();
    await place.driver.create(spec);
    await place.driver.create({ ...spec, ref: { ...spec.ref, token: 'another' } });
    assert.deepEqual(place.ledger.doubled(), ['default/run_conformance/0/1/0']);
  });

  it('never goes back: whatever it has shown of a node, a later look shows as much', () => {
    const order = ['absent', 'starting', 'running', 'ended'];
    const call = fc.constantFrom('create', 'stop', 'wait');
    const law = fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const place = new FakePlace({ preemptedAfterMs: () => 9000 });
      let last = 0;
      for (const one of calls) {
        if (one === 'create') await place.driver.create(spec);
        else if (one === 'stop') await place.driver.stop(spec.ref, { graceMs: 1000 });
        else await place.clock.advance(3000);
        const [seen] = await place.driver.observe([spec.ref]);
        const now = order.indexOf(seen!.state);
        assert.ok(now >= last, `${order[last]} became ${order[now]}`);
        last = now;
      }
    });
    return fc.assert(law, { numRuns: 200 });
  });
});

describe('the virtual clock', () => {
  it('wakes sleepers in the order of their times, and lets each finish first', async () => {
    const clock = new VirtualClock(START);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number, again: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.now() - START}`);
      await clock.sleep(again);
      woken.push(`${name} at ${clock.now() - START}`);
    };
    const all = [sleeper('slow', 30, 30), sleeper('fast', 10, 10)];
    await clock.advance(100);
    await Promise.all(all);
    assert.deepEqual(woken, ['fast at 10', 'fast at 20', 'slow at 30', 'slow at 60']);
    assert.equal(clock.now() - START, 100);
  });

  it('wakes a sleeper whose signal aborts, at once', async () => {
    const clock = new VirtualClock(START);
    const controller = new AbortController();
    const asleep = clock.sleep(1000, controller.signal);
    controller.abort();
    await asleep;
    assert.equal(clock.now(), START);
  });
});

function eventsOf({ ledger }: FakePlace): readonly string[] {
  return ledger.entries.map(({ event }) => event);
}
