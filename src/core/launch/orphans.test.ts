import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeRef } from '../../ports/driver.ts';
import type { NodePhase, Run } from '../../spec/run.ts';
import { findOrphans, runKeyOf } from './orphans.ts';

function ref(token: string): NodeRef {
  return { tenantId: 'default', runId: 'run_1', allocation: 0, attempt: 1, rank: 0, token };
}

function runWith(token: string, state: NodePhase): ReadonlyMap<string, Run> {
  const node = { token, state };
  return new Map([[runKeyOf(ref(token)), { nodes: [node] } as unknown as Run]]);
}

const none: ReadonlyMap<string, Run> = new Map();

test('a machine of a run that nobody knows is suspected first and removed at the next sweep', () => {
  const first = findOrphans({ live: [ref('a')], runs: none, suspects: new Set() });
  assert.deepEqual([first.orphans, [...first.suspects]], [[], ['a']]);
  const second = findOrphans({ live: [ref('a')], runs: none, suspects: first.suspects });
  assert.deepEqual(second.orphans, [ref('a')]);
});

test('a machine is left alone in every state of its node but the last', () => {
  for (const state of ['pending', 'starting', 'running', 'unknown', 'stopping'] as const) {
    const runs = runWith('a', state);
    const verdict = findOrphans({ live: [ref('a')], runs, suspects: new Set(['a']) });
    assert.deepEqual([verdict.orphans, [...verdict.suspects]], [[], []], state);
  }
  const over = { live: [ref('a')], runs: runWith('a', 'ended'), suspects: new Set(['a']) };
  assert.deepEqual(findOrphans(over).orphans, [ref('a')]);
});

test('a machine of a run that has ended is nobody’s, whatever is remembered of its node', () => {
  const [[key, run] = []] = runWith('a', 'unknown');
  const runs = new Map([[key!, { ...run!, state: 'ended' as const }]]);
  const verdict = findOrphans({ live: [ref('a')], runs, suspects: new Set(['a']) });
  assert.deepEqual(verdict.orphans, [ref('a')]);
});

test('a machine under another token than its node has is nobody’s', () => {
  const runs = runWith('a', 'running');
  const verdict = findOrphans({ live: [ref('b')], runs, suspects: new Set(['b']) });
  assert.deepEqual(verdict.orphans, [ref('b')]);
});

test('a suspect that has an owner again, or is gone, starts anew', () => {
  const owned = { live: [ref('a')], runs: runWith('a', 'starting'), suspects: new Set(['a']) };
  assert.deepEqual([...findOrphans(owned).suspects], []);
  const gone = { live: [], runs: none, suspects: new Set(['a']) };
  assert.deepEqual([...findOrphans(gone).suspects], []);
});
