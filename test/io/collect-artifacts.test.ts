import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileArtifacts } from '../../src/adapters/artifacts/file-artifacts.ts';
import { FakeFiles } from '../../src/adapters/drivers/fake/fake-files.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { asEpochMs, MINUTE_MS } from '../../src/base/time.ts';
import { foldEvents } from '../../src/core/monitor/fold-run.ts';
import { ArtifactCollector, type Collectable } from '../../src/engine/collect-artifacts.ts';
import type { Artifacts } from '../../src/ports/artifacts.ts';
import { buildRef } from '../../src/ports/driver.conformance.ts';
import type { Driver } from '../../src/ports/driver.ts';
import type { NodeFiles } from '../../src/ports/node-files.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { NewEvent, RunEvent } from '../../src/spec/event.ts';
import type { Task } from '../../src/spec/task.ts';

const CHECKPOINT = { path: 'ckpt', intervalMs: null, sizeBytes: null };

describe('collecting what tasks leave behind', () => {
  let dir: string;
  let artifacts: Artifacts;
  let files: FakeFiles;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-collect-'));
    artifacts = fileArtifacts({ dir: join(dir, 'store') });
    files = new FakeFiles();
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const collectorOf = (parts: Partial<NodeFiles> = {}, limits = { files: 100, bytes: 1000 }) => {
    const all = new Proxy(files, {
      get: (target, name) =>
        Reflect.get(parts, name) ?? (Reflect.get(target, name) as () => unknown).bind(target),
    });
    const drivers = new Map([['fake', { files: all } as unknown as Driver]]);
    return new ArtifactCollector({ artifacts, drivers, limits });
  };

  /** A run whose nodes are running, or have ended. */
  const seen = (
    task: Partial<Task>,
    { ended = true, ranks = 1, at = 0 }: { ended?: boolean; ranks?: number; at?: number } = {},
  ): Collectable => {
    const told: NewEvent[] = [
      { type: 'run.created', data: { name: 'x' } },
      { type: 'attempt.created', data: { allocation: 0, attempt: 1, place: 'fake', move: 0 } },
    ];
    for (let rank = 0; rank < ranks; rank++) {
      const { token } = buildRef({ rank });
      const node = { allocation: 0, attempt: 1, rank };
      const price = { nanosPerHour: 0 as never, billingIncrementS: 1, billingMinimumS: 0 };
      const startedAt = asEpochMs(1);
      told.push({ type: 'node.starting', data: { ...node, token } });
      told.push({ type: 'node.running', data: { ...node, token, ...price, startedAt } });
      const end = { outcome: 'succeeded' as const, exitCode: 0, reason: '', endedAt: startedAt };
      if (ended) told.push({ type: 'node.ended', data: { ...node, ...end } });
    }
    const events = told.map((event, index) => {
      const key = { tenantId: 'default', runId: 'run_conformance' };
      const stamp = { seq: index + 1, schemaVersion: 1, at: asEpochMs(index), actor: 'engine' };
      return { ...event, ...key, ...stamp } as RunEvent;
    });
    const plan = buildPlan([{ provider: 'fake', place: 'fake', count: ranks }]);
    const file = buildTaskFile([buildTask(task)]);
    return { run: foldEvents(events)!, plan, file, baseDir: dir, now: asEpochMs(at) };
  };
  const put = (path: string, text: string, rank = 0): void =>
    files.put(buildRef({ rank }), 'work', path, Buffer.from(text));
  const keptOf = async (rank = 0): Promise<readonly string[]> => {
    const key = { tenantId: 'default', runId: 'run_conformance', allocation: 0, rank };
    return (await artifacts.kept(key)).files.map(({ path }) => path);
  };

  it('takes what the task names, at its end, and says how much', async () => {
    put('out/model', 'weights');
    put('out/deep/log', 'words');
    put('scratch', 'not wanted');
    const collector = collectorOf();
    const view = seen({ artifacts: [{ path: 'out/', to: null }] });
    const node = { allocation: 0, attempt: 1, rank: 0 };
    const data = { ...node, files: 2, bytes: 12, note: null };
    assert.deepEqual(await collector.look(view), [{ type: 'artifacts.collected', data }]);
    assert.deepEqual(await keptOf(), ['out/deep/log', 'out/model']);
    assert.deepEqual(await collector.look(view), [], 'once');
    assert.deepEqual(await collectorOf().look(view), [], 'nor after a restart of the server');
  });

  it('keeps what the nodes of a gang leave apart', async () => {
    for (const rank of [0, 1]) put('out', `of ${rank}`, rank);
    const to = 'results';
    await collectorOf().look(seen({ artifacts: [{ path: 'out', to }] }, { ranks: 2 }));
    assert.deepEqual([await keptOf(0), await keptOf(1)], [['out'], ['out']]);
    assert.equal(readFileSync(join(dir, 'results', '1', 'out'), 'utf8'), 'of 1');
  });

  it('brings them to a folder of this machine too, and to no bucket', async () => {
    put('out/model', 'weights');
    const wanted = ['results', `file://${dir}/other`, 's3://bucket/x'];
    const view = seen({ artifacts: wanted.map((to) => ({ path: 'out', to })) });
    await collectorOf().look(view);
    for (const folder of ['results', 'other']) {
      assert.equal(readFileSync(join(dir, folder, 'model'), 'utf8'), 'weights');
    }
    assert.ok(!existsSync(join(dir, 's3:')));
  });

  it('never fails a run: what cannot be taken is told once, and tried at each look', async () => {
    put('out', 'x');
    let isAway = true;
    const list: NodeFiles['list'] = async (...args) => {
      if (isAway) throw new KedgeError('driver.no-reply', 'the place does not answer');
      return files.list(...args);
    };
    const collector = collectorOf({ list });
    const view = seen({ artifacts: [{ path: 'out', to: null }] });
    const [event] = await collector.look(view);
    assert.ok(event?.type === 'artifacts.collected');
    assert.match(event.data.note!, /not all could be taken: the place does not answer/);
    assert.deepEqual(await collector.look(view), []);
    isAway = false;
    const [late] = await collector.look(view);
    assert.ok(late?.type === 'artifacts.collected' && late.data.files === 1);
  });

  it('never fails a run whose store of artifacts is damaged', async () => {
    put('out', 'x');
    const own = join(dir, 'store', 'default', 'run_conformance', '0', '0');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'index.json'), '{"files": 7}');
    const [event] = await collectorOf().look(seen({ artifacts: [{ path: 'out', to: null }] }));
    assert.ok(event?.type === 'artifacts.collected');
    assert.match(event.data.note!, /not all could be taken/);
  });

  const notes: readonly (readonly [string, RegExp])[] = [
    ['nothing', /there is no nothing/],
    ['/etc', /\/etc lies outside of the working directory/],
    ['../x', /\.\.\/x lies outside/],
  ];
  for (const [path, note] of notes) {
    it(`says so when there is nothing to take at ${path}`, async () => {
      const [event] = await collectorOf().look(seen({ artifacts: [{ path, to: null }] }));
      assert.ok(event?.type === 'artifacts.collected');
      assert.match(event.data.note!, note);
    });
  }

  it('leaves out what is too much, and says how many files', async () => {
    for (let file = 0; file < 5; file++) put(`out/${file}`, 'x'.repeat(10));
    put('out/large', 'x'.repeat(2000));
    const collector = collectorOf({}, { files: 4, bytes: 35 });
    const [event] = await collector.look(seen({ artifacts: [{ path: 'out', to: null }] }));
    assert.ok(event?.type === 'artifacts.collected');
    assert.deepEqual([event.data.files, event.data.bytes], [3, 30]);
    assert.match(event.data.note!, /3 files are left out/);
  });

  it('takes nothing of links, and nothing behind them (fault 27)', async () => {
    files.put(buildRef({}), 'work', 'out/passwd', { target: '/etc/passwd' });
    put('out/model', 'weights');
    await collectorOf().look(seen({ artifacts: [{ path: 'out', to: null }] }));
    assert.deepEqual(await keptOf(), ['out/model']);
  });

  it('takes them beside the run whenever a new checkpoint is complete', async () => {
    const task = { artifacts: [{ path: 'metrics', to: null }], checkpoint: CHECKPOINT };
    const save = (step: number): void =>
      files.put(buildRef({}), 'checkpoint', `step-${step}/.kedge/complete`, Buffer.from('x'));
    const looks: Promise<unknown>[] = [];
    const list: NodeFiles['list'] = async (...args) => {
      const listed = files.list(...args);
      looks.push(listed);
      return listed;
    };
    const collector = collectorOf({ list });
    let at = 0;
    const look = async () => {
      at += MINUTE_MS;
      const told = await collector.look(seen(task, { ended: false, at }));
      await Promise.all(looks);
      await new Promise((resolve) => setImmediate(resolve));
      return told;
    };
    save(1);
    put('metrics', 'at its start');
    assert.deepEqual([await look(), await look(), await keptOf()], [[], [], []], 'resumed from it');
    save(2);
    let event: NewEvent | undefined;
    while (event === undefined) [event] = await look();
    assert.ok(event?.type === 'artifacts.collected' && event.data.files === 1);
    assert.deepEqual(await keptOf(), ['metrics']);
    assert.deepEqual(await look(), [], 'and not again for the same one');
  });

  it('finds what lies with the checkpoints, without what was never finished', async () => {
    const put2 = (path: string): void =>
      files.put(buildRef({}), 'checkpoint', path, Buffer.from('x'));
    for (const path of ['best.pt', 'step-3/model', '.saving-4-7/model']) put2(path);
    await collectorOf().look(
      seen({ artifacts: [{ path: 'ckpt', to: null }], checkpoint: CHECKPOINT }),
    );
    assert.deepEqual(await keptOf(), ['ckpt/best.pt', 'ckpt/step-3/model']);
  });
});
