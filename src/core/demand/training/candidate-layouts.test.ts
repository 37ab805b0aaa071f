import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEEPSEEK_V3, LLAMA_8B, MIXTRAL, modelOf, tokenModels } from './build-for-tests.ts';
import { candidateLayouts, type LayoutSpace } from './candidate-layouts.ts';

const anySpace: fc.Arbitrary<LayoutSpace> = fc.record({
  model: fc.constantFrom(...tokenModels()),
  devices: fc.integer({ min: 1, max: 512 }),
  domain: fc.constantFrom(1, 4, 8, 16),
  sequenceLength: fc.constantFrom(512, 4096, 131_072),
  globalBatch: fc.constantFrom(1, 8, 1024),
});

describe('candidate layouts', () => {
  it('use all devices, and split nothing unevenly', () => {
    fc.assert(
      fc.property(anySpace, (space) => {
        for (const { layout } of candidateLayouts(space)) {
          const { tensorParallel, pipelineParallel, contextParallel, dataParallel } = layout;
          const devices = tensorParallel * pipelineParallel * contextParallel * dataParallel;
          assert.equal(devices, space.devices);
          assert.ok(tensorParallel <= space.domain && space.model.heads % tensorParallel === 0);
          assert.ok(pipelineParallel <= space.model.layers);
          assert.ok(dataParallel <= space.globalBatch);
          assert.equal(space.model.experts % layout.expertParallel, 0);
          assert.equal((dataParallel * contextParallel) % layout.expertParallel, 0);
        }
      }),
    );
  });

  it('pass one sequence or more at a time, no more than a replica has', () => {
    fc.assert(
      fc.property(anySpace, (space) => {
        for (const { layout, microBatches } of candidateLayouts(space)) {
          assert.equal(microBatches[0], 1);
          for (const size of microBatches)
            assert.ok(size === 1 || size * layout.dataParallel <= space.globalBatch);
          assert.deepEqual(
            microBatches,
            [...microBatches].sort((one, other) => one - other),
          );
        }
      }),
    );
  });

  it('are none where the batch has too few sequences to share', () => {
    const one = { model: modelOf(LLAMA_8B), domain: 8, sequenceLength: 4096, globalBatch: 1 };
    assert.deepEqual(candidateLayouts({ ...one, devices: 4096 }), []);
    assert.ok(candidateLayouts({ ...one, devices: 8 }).length > 0);
  });

  it('split long sequences over devices, and short ones never', () => {
    const space = { model: modelOf(LLAMA_8B), devices: 16, domain: 8, globalBatch: 16 };
    const degrees = (sequenceLength: number) =>
      new Set(
        candidateLayouts({ ...space, sequenceLength }).map(({ layout }) => layout.contextParallel),
      );
    assert.deepEqual([...degrees(8192)], [1]);
    assert.ok(degrees(131_072).has(8));
  });

  it('spread experts, of mixtures alone, over ranks that hold whole ones', () => {
    const ranks = (id: string): readonly number[] => {
      const model = modelOf(id);
      const space = { model, devices: 64, domain: 8, sequenceLength: 4096, globalBatch: 1024 };
      const all = candidateLayouts(space).map(({ layout }) => layout.expertParallel);
      return [...new Set(all)].sort((one, other) => one - other);
    };
    assert.deepEqual(ranks(LLAMA_8B), [1]);
    assert.deepEqual(ranks(MIXTRAL), [1, 2, 4, 8]);
    assert.deepEqual(ranks(DEEPSEEK_V3), [1, 2, 4, 8, 16, 32, 64]);
  });

  it('interleave stages where the layers are evenly split into them', () => {
    const model = { ...modelOf('meta-llama/Llama-3.1-70B'), layers: 80 };
    const space = { model, devices: 64, domain: 8, sequenceLength: 4096, globalBatch: 64 };
    for (const { layout } of candidateLayouts(space)) {
      const { pipelineParallel, virtualStages } = layout;
      if (virtualStages > 1) assert.equal(80 % (pipelineParallel * virtualStages), 0);
      if (pipelineParallel === 1) assert.equal(virtualStages, 1);
    }
    assert.ok(candidateLayouts(space).some(({ layout }) => layout.virtualStages === 5));
  });
});
