import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sequencesThatFit, servedTime } from './batching.ts';
import { buildScope, DEEPSEEK_V3, LLAMA_8B } from './build-for-tests.ts';

const REQUEST = { inputTokens: 1024, outputTokens: 256 };

describe('requests that share a replica', () => {
  it('wait for the prefills of the others between their tokens', () => {
    const scope = buildScope();
    const alone = servedTime(scope, REQUEST, { clients: 1, slots: 64 });
    const many = servedTime(scope, REQUEST, { clients: 32, slots: 64 });
    assert.equal(alone.interference, 0);
    assert.ok(many.interference > 0);
    assert.equal(many.perToken, many.step + many.interference);
    const longer = { ...REQUEST, outputTokens: 2560 };
    const rarer = servedTime(scope, longer, { clients: 32, slots: 64 });
    assert.ok(rarer.interference < many.interference / 9, 'prefills are rarer by long answers');
  });

  it('start no kernels more for a prefill that runs beside their steps', () => {
    const scope = buildScope();
    const request = { inputTokens: 8192, outputTokens: 256 };
    const { interference, prompt } = servedTime(scope, request, { clients: 2, slots: 2 });
    const launches = 80 * scope.coefficients.launch;
    const expected = (scope.coefficients.late * (prompt - launches)) / 256;
    assert.ok(Math.abs(interference - expected) < 1e-12);
  });

  it('queue only where more of them come than there are slots', () => {
    const scope = buildScope();
    const enough = servedTime(scope, REQUEST, { clients: 32, slots: 32 });
    const tooMany = servedTime(scope, REQUEST, { clients: 64, slots: 32 });
    assert.equal(enough.queue, 0);
    assert.equal(tooMany.batch, 32);
    // Half of the clients wait for a whole answer of the other half.
    const answer = REQUEST.outputTokens * tooMany.perToken + tooMany.prompt;
    assert.ok(Math.abs(tooMany.queue - answer) < 1e-12);
    assert.equal(tooMany.outputTokensPerSecond, enough.outputTokensPerSecond);
  });

  it('of a fixed batch all begin and end together', () => {
    const scope = buildScope({ engine: 'fastertransformer', precision: 'fp16' });
    const time = servedTime(scope, REQUEST, { clients: 8, slots: 8 });
    assert.equal(time.interference, 0);
    assert.equal(time.firstToken, time.prompt);
    const seconds = (8 * REQUEST.outputTokens) / time.outputTokensPerSecond;
    assert.ok(Math.abs(seconds - time.prompt - REQUEST.outputTokens * time.perToken) < 1e-9);
  });
});

describe('requests at once', () => {
  it('are as many as the memory beside the weights holds', () => {
    const one = { model: LLAMA_8B, precision: 'bf16', cacheBytes: 2, tensorParallel: 1 } as const;
    // 0.9 · 80 GiB − 2 GiB − 16.06 GB of weights; 131,072 bytes a token.
    const free = 70 * 2 ** 30 - 16.06e9;
    const expected = Math.floor(free / (131_072 * (1024 + 128)));
    assert.equal(sequencesThatFit(buildScope(one), REQUEST), expected);
    assert.ok(sequencesThatFit(buildScope({ ...one, cacheBytes: 1 }), REQUEST) >= 2 * expected);
  });

  it('are none where the weights are too large', () => {
    const scope = buildScope({ model: DEEPSEEK_V3, tensorParallel: 8, precision: 'bf16' });
    assert.equal(sequencesThatFit(scope, REQUEST), 0);
  });
});
