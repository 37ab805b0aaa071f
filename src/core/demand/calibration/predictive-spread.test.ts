import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allAccelerators } from '../accelerators/accelerator-facts.ts';
import { buildWork } from '../samples/build-for-tests.ts';
import { groupOf } from '../samples/sample-scope.ts';
import { samplesModel } from '../samples/samples-model.ts';
import { fittedOf } from './fitted-of.ts';
import { predictiveSpread, spreadsWithin } from './predictive-spread.ts';

describe('how unsure a prediction is', () => {
  it('does not depend, by a digit, on coefficients of other devices', () => {
    const fitted = fittedOf(samplesModel);
    let compared = 0;
    for (const device of allAccelerators()) {
      const predict = samplesModel.predictor(buildWork({ accelerator: device.name }), 'samples');
      if (typeof predict === 'string') continue;
      const spreads = spreadsWithin(fitted.spreads, [groupOf(device)]);
      assert.ok(Object.keys(spreads).length < Object.keys(fitted.spreads).length / 2);
      const own = predictiveSpread(predict, { ...fitted, spreads }, 0.1);
      assert.equal(own, predictiveSpread(predict, fitted, 0.1), device.name);
      compared++;
    }
    assert.ok(compared > 50, `${compared} devices`);
  });

  it('depends on the common ones and on its own', () => {
    const spreads = { launch: 1, 'launch:ada': 2, 'launch:vllm': 3, 'launch:neuron': 4 };
    assert.deepEqual(spreadsWithin(spreads, ['ada', 'vllm']), {
      launch: 1,
      'launch:ada': 2,
      'launch:vllm': 3,
    });
  });
});
