import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hono } from 'hono';
import { fileArtifacts } from '../../src/adapters/artifacts/file-artifacts.ts';
import { fileBundles } from '../../src/adapters/bundles/file-bundles.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { planner } from '../../src/app/replan.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { NodeWatch } from '../../src/engine/watch-nodes.ts';
import type { Driver } from '../../src/ports/driver.ts';
import type { Store } from '../../src/ports/store.ts';
import { serverApp } from '../../src/server/app.ts';
import { buildCarriedModel, buildPlan } from '../../src/spec/build-for-tests.ts';
import { type Bundle, blobName, bundleText } from '../../src/spec/bundle.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';
import { type Json, toWire } from '../../src/spec/wire.ts';

const TOKEN = 'a-token';
const RUN = 'run_0190aaaaaaaa7000800000000000000a';
const OUTPUT = new TextEncoder().encode('hello\n');

/** Knows one node, whose output is there. */
const driver: Pick<Driver, 'name' | 'readLog'> = {
  name: 'local',
  readLog: async (_ref, { offset }) => ({
    bytes: OUTPUT.subarray(offset),
    nextOffset: OUTPUT.length,
    ended: true,
  }),
};

describe('the API', () => {
  let store: Store;
  let app: Hono;
  const dir = mkdtempSync(join(tmpdir(), 'kedge-api-'));
  const secrets = new Map<string, Readonly<Record<string, string>>>();

  before(async () => {
    const now = () => asEpochMs(Date.now());
    const random = seededRandom(1);
    store = await openSqliteStore({ file: ':memory:', now, random, fold: foldRun });
    app = serverApp({
      store,
      drivers: new Map([['local', driver as Driver]]),
      secrets: {
        put: async ({ runId }, values) => void secrets.set(runId, values),
        get: async ({ runId }) => secrets.get(runId) ?? {},
        remove: async ({ runId }) => void secrets.delete(runId),
      },
      artifacts: fileArtifacts({ dir: join(dir, 'artifacts') }),
      collector: { look: async () => [] },
      readTasks,
      bundles: fileBundles({ dir: join(dir, 'bundles'), clock: systemClock() }),
      watch: new NodeWatch({ store, drivers: new Map() }),
      planner: planner({ offers: async () => [], readTasks, clock: systemClock() }),
      clock: systemClock(),
      version: '0.0.0-test',
      token: TOKEN,
      startedAt: asEpochMs(0),
      nudge: () => {},
      shutDown: () => {},
      reportBug: (error) => assert.fail(error as Error),
    });
  });
  after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const ask = async (path: string, init: RequestInit & { token?: string; host?: string } = {}) => {
    const { token = TOKEN, host = '127.0.0.1:1', ...rest } = init;
    const headers = { host, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return app.request(`http://${host}${path}`, { ...rest, headers });
  };
  const launch = (over: Record<string, Json> = {}): string => {
    const plan = toWire(buildPlan());
    const body = { name: 'x', task_text: 'run: true', base_dir: '/', envs: {}, secrets: {}, plan };
    return JSON.stringify({ ...body, ...over });
  };

  it('lets in who knows the token, by a loopback name, and nobody else', async () => {
    assert.equal((await ask('/v1/health')).status, 200);
    for (const wrong of [{ token: '' }, { token: 'b-token' }, { host: 'evil.example' }]) {
      const refused = await ask('/v1/health', wrong);
      assert.equal(refused.status, 401);
      assert.equal(((await refused.json()) as { code: string }).code, 'auth.denied');
    }
  });

  it('launching the same id twice makes one run', async () => {
    const path = `/v1/tenants/default/runs/${RUN}`;
    for (const _ of [1, 2]) {
      const answer = await ask(path, { method: 'PUT', body: launch() });
      assert.equal(answer.status, 201);
    }
    const { runs } = (await (await ask('/v1/tenants/default/runs')).json()) as { runs: unknown[] };
    assert.equal(runs.length, 1);
  });

  it('a tenant does not see the runs of another', async () => {
    const other = await ask(`/v1/tenants/other/runs/${RUN}`);
    assert.equal(other.status, 404);
    const { runs } = (await (await ask('/v1/tenants/other/runs')).json()) as { runs: unknown[] };
    assert.deepEqual(runs, []);
  });

  it('values of secrets are in no answer and no event (fault 34)', async () => {
    const id = RUN.replace(/a$/, 'b');
    const canary = 'canary-5d1f';
    const body = launch({ secrets: { HF_TOKEN: canary } });
    await ask(`/v1/tenants/default/runs/${id}`, { method: 'PUT', body });
    assert.deepEqual(secrets.get(id), { HF_TOKEN: canary });
    for (const part of ['', '/events', '/bill']) {
      const text = await (await ask(`/v1/tenants/default/runs/${id}${part}`)).text();
      assert.ok(!text.includes(canary), part);
    }
  });

  it('a launch that is asked for again after its end leaves no secrets behind', async () => {
    const runId = RUN.replace(/a$/, 'e');
    const path = `/v1/tenants/default/runs/${runId}`;
    const body = launch({ secrets: { HF_TOKEN: 'canary' } });
    await ask(path, { method: 'PUT', body });
    const ended = { outcome: 'succeeded', exitCode: 0, reason: 'done' } as const;
    const key = { tenantId: 'default', runId };
    await store.append(key, 'engine', [{ type: 'run.ended', data: ended }]);
    secrets.delete(runId);
    const again = (await (await ask(path, { method: 'PUT', body })).json()) as { state: string };
    assert.equal(again.state, 'ended');
    assert.ok(!secrets.has(runId));
  });

  it('a body that is not as it should be is named, field by field', async () => {
    const path = `/v1/tenants/default/runs/${RUN.replace(/a$/, 'c')}`;
    const bad = await ask(path, { method: 'PUT', body: launch({ name: 5 }) });
    assert.equal(bad.status, 400);
    assert.match(((await bad.json()) as { detail: string }).detail, /name/);
    const broken = await ask(path, { method: 'PUT', body: '{' });
    assert.equal(((await broken.json()) as { code: string }).code, 'spec.syntax');
  });

  it('a model that no model is like is refused with a launch, by its field', async () => {
    const path = `/v1/tenants/default/runs/${RUN.replace(/a$/, 'f')}`;
    const bring = async (counts: object): Promise<Response> => {
      const { id, architecture } = buildCarriedModel();
      const models = [{ id, architecture: { ...architecture, ...counts } }];
      return ask(path, { method: 'PUT', body: launch({ models: toWire(models) }) });
    };
    const refused = await bring({ params: 1e40 });
    assert.equal(refused.status, 400);
    const { code, detail } = (await refused.json()) as { code: string; detail: string };
    assert.equal(code, 'spec.bad-value');
    assert.match(detail, /^models\.0\.architecture\.params: is more than any model has/);
    assert.equal((await bring({ kvHeads: 64 })).status, 400);
    assert.equal((await bring({})).status, 201);
  });

  it('an id that Kedge would not make reaches no store and no path (fault 30)', async () => {
    for (const id of ['..%2f..%2fetc', 'run_%00', 'A', '-x', 'x'.repeat(65)]) {
      const refused = await ask(`/v1/tenants/default/runs/${id}`, {
        method: 'PUT',
        body: launch(),
      });
      assert.equal(refused.status, 404, id);
    }
  });

  it('takes a bundle once its blobs are there, and then a run may name it', async () => {
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
    const file = {
      kind: 'file',
      path: 'a',
      mode: 0o644,
      size: 5,
      sha256: hashOf('hello'),
    } as const;
    const task = hashOf('run: true');
    const sources = [{ path: '.', entries: [file] }];
    const bundle: Bundle = { schema: 'kedge.bundle/v1', task, sources };
    const bundles = '/v1/tenants/default/bundles';
    const bundleId = hashOf(bundleText(bundle));
    const run = `/v1/tenants/default/runs/${RUN.replace(/a$/, 'd')}`;
    const put = async (path: string, body: string): Promise<Response> =>
      ask(path, { method: 'PUT', body });
    const list = JSON.stringify(toWire(bundle));
    const named = launch({ bundle_id: bundleId, base_dir: '/project' });
    assert.equal((await put(run, named)).status, 500, 'before it is there');
    const missing = [blobName(file)];
    assert.deepEqual(await (await put(`${bundles}/${bundleId}`, list)).json(), { missing });
    assert.equal((await put(`${bundles}/blobs/${missing[0]}`, 'jello')).status, 400);
    assert.equal((await put(`${bundles}/blobs/${missing[0]}`, 'hello')).status, 204);
    assert.deepEqual(await (await put(`${bundles}/${bundleId}`, list)).json(), { missing: [] });
    assert.equal((await put(run, named)).status, 201);
    const evil = list.replace('"path":"a"', '"path":"../a"');
    assert.equal((await put(`${bundles}/${bundleId}`, evil)).status, 400, 'fault 27');
    assert.equal((await put(`${bundles}/..%2fx`, list)).status, 400);
  });

  it('output comes as the bytes that it is, with where the next ones start', async () => {
    const node = { allocation: 0, attempt: 1, rank: 0 };
    const [claim] = await store.claimDue({ leaseMs: 60_000, limit: 10 });
    assert.ok(claim);
    await store.writeIntent(claim, [
      { type: 'attempt.created', data: { allocation: 0, attempt: 1, place: 'local', move: 0 } },
      { type: 'node.starting', data: { ...node, token: 't' } },
    ]);
    const answer = await ask(`/v1/tenants/default/runs/${claim.runId}/logs?offset=2`);
    assert.equal(await answer.text(), 'llo\n');
    assert.equal(answer.headers.get('kedge-next-offset'), '6');
    assert.equal(answer.headers.get('kedge-log-ended'), 'true');
    const none = await ask(`/v1/tenants/default/runs/${claim.runId}/logs?rank=7`);
    assert.equal(none.status, 404);
  });

  it('a stop is told once, and known at once', async () => {
    const path = `/v1/tenants/default/runs/${RUN}`;
    const first = (await (await ask(`${path}/stop`, { method: 'POST' })).json()) as Json;
    assert.equal((first as { stop_requested: boolean }).stop_requested, true);
    await ask(`${path}/stop`, { method: 'POST' });
    const { events } = (await (await ask(`${path}/events`)).json()) as {
      events: { type: string }[];
    };
    assert.equal(events.filter(({ type }) => type === 'run.stop-requested').length, 1);
  });
});
