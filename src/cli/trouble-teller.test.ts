import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Run } from '../spec/run.ts';
import type { Context } from './context.ts';
import { StatusLine } from './status-line.ts';
import { troubleTeller } from './trouble-teller.ts';

type Parts = Partial<Pick<Run, 'attempts' | 'nodes' | 'state'>>;

function teller() {
  const said: string[] = [];
  const io = { err: (text: string) => said.push(text), errIsTerminal: false };
  const context = { io } as unknown as Context;
  const tell = troubleTeller(context, new StatusLine(context.io));
  const look = (parts: Parts): readonly string[] => {
    said.length = 0;
    tell({ state: 'running', attempts: [], nodes: [], ...parts } as unknown as Run);
    return [...said];
  };
  return look;
}

const at = { allocation: 0, attempt: 1, rank: 0 };
const lost = {
  attempts: [{ ...at, state: 'ended', outcome: 'infra-lost' }],
  nodes: [{ ...at, state: 'ended', outcome: 'infra-lost', reason: 'its container was killed' }],
} as unknown as Parts;

describe('who follows a run', () => {
  it('is told once that an attempt was lost, and why', () => {
    const look = teller();
    assert.deepEqual(look({}), []);
    const words = 'kedge: attempt 1 was lost: its container was killed; trying again\n';
    assert.deepEqual(look(lost), [words]);
    assert.deepEqual(look(lost), []);
  });

  it('is told once that a node is out of sight, and why', () => {
    const look = teller();
    look({});
    const nodes = [{ ...at, state: 'unknown', reason: 'the engine hangs' }];
    const hidden = { nodes } as unknown as Parts;
    assert.deepEqual(look(hidden), ['kedge: out of sight: the engine hangs; looking again\n']);
    assert.deepEqual(look(hidden), []);
  });

  it('is spared what was before the first look, and what is told at the end', () => {
    const look = teller();
    assert.deepEqual(look(lost), []);
    assert.deepEqual(teller()({ ...lost, state: 'ended' }), []);
  });
});
