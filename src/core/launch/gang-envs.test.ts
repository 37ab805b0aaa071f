import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gangEnvs, pytorchEnvs } from './gang-envs.ts';

const member = { runId: 'run_a', allocation: 0, attempt: 1, rank: 2, size: 3 };

describe('the variables of a node', () => {
  it('give all nodes of an attempt one address to meet at, and the next attempt another', () => {
    const ports = [0, 1, 2].map((rank) => gangEnvs({ ...member, rank })['MASTER_PORT']);
    assert.equal(new Set(ports).size, 1);
    assert.notEqual(gangEnvs({ ...member, attempt: 2 })['MASTER_PORT'], ports[0]);
    assert.ok(Number(ports[0]) >= 20_000 && Number(ports[0]) < 32_768, 'no port of the system');
  });

  it('are what a program of PyTorch wants that is started once a node', () => {
    const { RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE } = pytorchEnvs(member);
    assert.deepEqual([RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE], ['2', '3', '0', '1']);
  });

  it('are the options of a torchrun that is told none, and lead to the same address', () => {
    const { PET_NNODES, PET_NODE_RANK, PET_MASTER_ADDR, PET_MASTER_PORT } = pytorchEnvs(member);
    const { MASTER_ADDR, MASTER_PORT } = gangEnvs(member);
    assert.deepEqual([PET_NNODES, PET_NODE_RANK], ['3', '2']);
    assert.deepEqual([PET_MASTER_ADDR, PET_MASTER_PORT], [MASTER_ADDR, MASTER_PORT]);
  });

  it('do not make one node look like a part of something', () => {
    assert.deepEqual(pytorchEnvs({ ...member, rank: 0, size: 1 }), {});
    assert.equal(gangEnvs({ ...member, rank: 0, size: 1 })['KEDGE_NUM_NODES'], '1');
  });
});
