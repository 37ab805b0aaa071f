import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isClose } from '../memory/gpt-for-tests.ts';
import { NF4_BYTES } from '../memory/weight-bytes.ts';
import { buildScope, COEFFICIENTS, DEEPSEEK_V3, MIXTRAL, modelOf } from './build-for-tests.ts';
import { activationSeconds, optimizerSeconds, weightSeconds } from './exchange-seconds.ts';
import { exchangeWork } from './exchange-work.ts';
import type { StepScope } from './step-scope.ts';

/** Everything is waited for, at the rates of the data sheet. */
const BARE = { ...COEFFICIENTS, link: 1, network: 1, tensorExposed: 1, expertExposed: 1 };
const NOTHING_HIDES = { passes: 1, work: 0 };

describe('exchanges of activations', () => {
  it('of tensor parallelism are four all-reduces a layer, six where it is computed again', () => {
    const of = (recompute: 'none' | 'full'): StepScope =>
      buildScope({ coefficients: BARE, layout: { tensorParallel: 8, recompute } });
    const scope = of('none');
    const { model, tokens, device } = scope;
    const ring = (2 * 7) / 8;
    const bytes = 4 * model.layers * 2 * tokens * model.hidden * ring;
    const { tensor } = activationSeconds(scope);
    // The rest is latency.
    const sent = bytes / device.linkBytesPerS;
    assert.ok(tensor > sent && tensor < sent + 4 * model.layers * 20e-6, `${tensor} for ${sent}`);
    assert.ok(isClose(activationSeconds(of('full')).tensor / tensor, 6 / 4, 1e-9));
  });

  it('of tensor parallelism go over the network where links end', () => {
    const of = (tensorParallel: number) =>
      activationSeconds(buildScope({ layout: { tensorParallel } })).tensor;
    assert.ok(of(16) > 5 * of(8));
  });

  it('to experts go to each machine once, and on over links', () => {
    // DeepSeek-V3, arXiv:2412.19437, section 3.2.2: 8 experts of a token, on 8 machines of 8.
    const layout = { expertParallel: 64, dataParallel: 64 };
    const scope = buildScope({ model: modelOf(DEEPSEEK_V3), coefficients: BARE, layout });
    const { model, tokens, device } = scope;
    const token = 2 * tokens * model.hidden;
    const others = 7 * (1 - (7 / 8) ** 8);
    const near = (token * 8 * 63) / 64 / device.linkBytesPerS;
    const each = near + (token * others) / device.networkBytesPerS;
    const { experts } = activationSeconds(scope);
    assert.ok(isClose(experts, 4 * model.routedLayers * each, 0.01), `${experts}`);
  });

  it('between stages are sent forward and backward, as often as stages are interleaved', () => {
    const of = (virtualStages: number) =>
      activationSeconds(buildScope({ layout: { pipelineParallel: 4, virtualStages } })).stages;
    assert.ok(of(1) > 0);
    assert.ok(isClose(of(4) / of(1), 4, 1e-9));
  });
});

describe('exchanges of weights', () => {
  it('are 3 × the bytes with ZeRO-3 and 2 × without, in 16 bits', () => {
    // Rajbhandari et al., arXiv:1910.02054, section 7.2: 3Ψ and 2Ψ.
    const of = (zeroStage: 1 | 3): number => {
      const scope = buildScope({ coefficients: BARE, layout: { dataParallel: 8, zeroStage } });
      const { model, device } = scope;
      const seconds = weightSeconds(scope, NOTHING_HIDES);
      return (seconds * device.linkBytesPerS) / ((2 * model.params * 7) / 8);
    };
    assert.ok(isClose(of(3), 3, 1e-9));
    assert.ok(isClose(of(1), 2, 1e-9));
  });

  it('come with each pass of ZeRO-3, and once a step without', () => {
    const of = (zeroStage: 1 | 3, passes: number): number =>
      weightSeconds(buildScope({ layout: { dataParallel: 8, zeroStage } }), { passes, work: 0 });
    assert.ok(isClose(of(3, 10) / of(3, 1), 10, 1e-9));
    assert.equal(of(1, 10), of(1, 1));
  });

  it('hide behind arithmetic, but for the first layer’s', () => {
    const scope = buildScope({ layout: { dataParallel: 8, zeroStage: 3 } });
    const of = (work: number): number => weightSeconds(scope, { passes: 1, work });
    assert.ok(of(0.01) < of(0));
    assert.ok(isClose(of(1e6), of(0) / scope.model.layers, 1e-9));
  });

  it('of frozen weights are none, or gathers of what is kept: NF4 of QLoRA', () => {
    const of = (method: 'lora' | 'qlora', zeroStage: 1 | 3): number => {
      const scope = buildScope({ step: { method }, layout: { dataParallel: 8, zeroStage } });
      return weightSeconds(scope, NOTHING_HIDES);
    };
    assert.equal(of('lora', 1), 0);
    // Embeddings, 13 % of Llama 3.1 8B, stay in 16 bits.
    const share = 0.131 + (0.869 * NF4_BYTES) / 2;
    assert.ok(isClose(of('qlora', 3) / of('lora', 3), share, 0.01));
  });

  it('of experts have the network cards of their own devices, of the rest all of a machine’s', () => {
    // 8 ranks of experts fill a machine: each one's replicas are the same card of all machines.
    const layout = { dataParallel: 64, zeroStage: 1, expertParallel: 8 } as const;
    const model = modelOf(MIXTRAL);
    const of = (params: number, expertParams: number): number => {
      const scope = buildScope({ model: { ...model, params, expertParams }, layout });
      return weightSeconds(scope, NOTHING_HIDES);
    };
    const shared = of(1e9, 0);
    const experts = of(8e9, 8e9);
    // As many bytes of each device, over 8 machines and over 64 devices.
    const rings = 7 / 8 / (63 / 64);
    const { device } = buildScope();
    const cards = Math.min(8, (device.linkBytesPerS * 0.75) / (device.networkBytesPerS * 0.7));
    assert.ok(isClose(experts / shared, rings * cards, 1e-6), `${experts / shared}`);
  });

  it('fall with tensor parallelism by its share, whatever it joins', () => {
    const bytes = (tensorParallel: number): number =>
      exchangeWork(buildScope({ layout: { tensorParallel, dataParallel: 8 } })).weights.shared;
    assert.ok(isClose(bytes(1) / bytes(8), 8, 1e-9));
  });
});

describe('update of the weights', () => {
  it('reads and writes 30 bytes of a parameter of the device’s shard', () => {
    const seconds = (dataParallel: number, zeroStage: 0 | 1): number =>
      optimizerSeconds(buildScope({ layout: { dataParallel, zeroStage } }));
    const { model, device } = buildScope();
    assert.ok(isClose(seconds(1, 0), (30 * model.params) / device.memoryBytesPerS, 1e-9));
    assert.equal(seconds(8, 0), seconds(1, 0));
    assert.ok(isClose(seconds(8, 1), seconds(1, 0) / 8, 1e-9));
  });

  it('of adapters alone is nothing beside a step', () => {
    assert.equal(optimizerSeconds(buildScope({ step: { method: 'lora' } })), 0);
  });
});
