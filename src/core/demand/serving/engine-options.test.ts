import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sglangOptions, vllmOptions } from './engine-options.ts';

describe('the options of engines', () => {
  const replica = {
    devices: 8,
    tensorParallel: 8,
    pipelineParallel: 1,
    attentionDataParallel: 1,
    expertParallel: 1,
  };

  it('are of all devices where tensors are all that is split', () => {
    assert.equal(vllmOptions(replica), '--tensor-parallel-size 8');
    assert.equal(sglangOptions(replica), '--tp 8');
  });

  it('say the copies of attention: of tensor-parallel devices in vLLM, of all in SGLang', () => {
    const spread = { ...replica, tensorParallel: 2, attentionDataParallel: 4, expertParallel: 8 };
    assert.equal(
      vllmOptions(spread),
      '--tensor-parallel-size 2 --data-parallel-size 4 --enable-expert-parallel',
    );
    assert.equal(sglangOptions(spread), '--tp 8 --dp 4 --enable-dp-attention --ep 8');
  });

  it('say the stages of a replica over machines', () => {
    const staged = { ...replica, devices: 16, pipelineParallel: 2 };
    assert.equal(vllmOptions(staged), '--tensor-parallel-size 8 --pipeline-parallel-size 2');
    assert.equal(sglangOptions(staged), '--tp 8 --pp 2');
  });
});
