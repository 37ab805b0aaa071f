import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { componentFile } from '../../tools/cluster/components.ts';
import { clusterObstacle } from '../../tools/cluster/obstacle.ts';
import { leftovers, removeStaleTraces, type Traces } from '../../tools/cluster/traces.ts';
import { until } from './api-client.ts';

const skip = clusterObstacle({ node: true }) ?? false;
const OWNER = join(import.meta.dirname, 'cluster-owner.ts');

describe('a cluster ends with the process that started it', { skip, timeout: 300_000 }, () => {
  it('and leaves nothing behind when that is interrupted', async () => {
    assert.deepEqual(leftovers(await endOwner('SIGINT')), []);
  });

  it('and leaves nothing behind when that exits without stopping it', async () => {
    assert.deepEqual(leftovers(await endOwner('SIGUSR2')), []);
  });

  it('and when that is killed: no process is left, and the next start removes the rest', async () => {
    const traces = await endOwner('SIGKILL');
    const processes = async (): Promise<true | null> =>
      leftovers(traces).some((one) => one.startsWith('process')) ? null : true;
    await until('end of its processes', 20_000, processes);
    assert.notDeepEqual(leftovers(traces), []);
    removeStaleTraces();
    assert.deepEqual(leftovers(traces), []);
  });
});

describe('a cluster that cannot start', { skip, timeout: 60_000 }, () => {
  it('says which part of it ended, with its last words, and leaves nothing behind', async (t) => {
    const cache = mkdtempSync(join(tmpdir(), 'kedge-broken-'));
    const chosen = process.env['KEDGE_CLUSTER_CACHE'];
    t.after(() => {
      if (chosen === undefined) delete process.env['KEDGE_CLUSTER_CACHE'];
      else process.env['KEDGE_CLUSTER_CACHE'] = chosen;
      rmSync(cache, { recursive: true });
    });
    const etcd = componentFile('etcd', 'etcd');
    process.env['KEDGE_CLUSTER_CACHE'] = cache;
    mkdirSync(componentFile('etcd', ''), { recursive: true });
    symlinkSync(etcd, componentFile('etcd', 'etcd'));
    mkdirSync(componentFile('kubernetes', ''));
    const broken = '#!/bin/sh\necho no good; exit 1\n';
    writeFileSync(componentFile('kubernetes', 'kube-apiserver'), broken, { mode: 0o755 });
    const before = clusterFolders();
    await assert.rejects(Cluster.start(), /kube-apiserver ended before readiness:\nno good/);
    assert.deepEqual(clusterFolders(), before);
  });
});

function clusterFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('kedge-cluster-'));
}

/** Has another process start a cluster with a pod that runs, and ends that process by a signal. */
async function endOwner(signal: NodeJS.Signals): Promise<Traces> {
  const owner = spawn(process.execPath, [OWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(owner, 'exit');
  try {
    const [line] = await Promise.race([once(owner.stdout, 'data'), ended]);
    const traces = JSON.parse(String(line)) as Traces;
    assert.ok(leftovers(traces).some((one) => one.startsWith('interface')));
    owner.kill(signal);
    assert.deepEqual(await ended, signal === 'SIGUSR2' ? [0, null] : [null, signal]);
    return traces;
  } finally {
    owner.kill('SIGKILL');
  }
}
