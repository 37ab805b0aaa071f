import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicaWords } from './replica-words.ts';

describe('the words of a plan for its replicas', () => {
  const tensor = {
    devices: 4,
    tensorParallel: 4,
    pipelineParallel: 1,
    attentionDataParallel: 1,
    expertParallel: 1,
  };
  const spread = {
    devices: 16,
    tensorParallel: 1,
    pipelineParallel: 1,
    attentionDataParallel: 16,
    expertParallel: 16,
  };

  it('say how many each machine has, and how they are split', () => {
    const words = replicaWords({ replica: tensor, acceleratorCount: 8, count: 3 });
    assert.equal(words, '2 replicas on each, split: tensor 4');
    const one = replicaWords({ replica: tensor, acceleratorCount: 4, count: 1 });
    assert.equal(one, 'a replica, split: tensor 4');
  });

  it('say over how many machines one goes, and how an engine is told', () => {
    assert.equal(
      replicaWords({ replica: spread, acceleratorCount: 8, count: 4 }),
      '2 replicas, each over 2 machines, split: attention 16, expert 16 ' +
        '(vLLM: --data-parallel-size 16 --enable-expert-parallel)',
    );
  });

  it('are none for other work', () => {
    assert.equal(replicaWords({ acceleratorCount: 8, count: 1 }), null);
  });
});
