import { type FittedModel, NO_DEVICE, type Predictor } from '../calibration/fitted-model.ts';
import type { MeasuredWork } from '../calibration/measurement.ts';
import { SAMPLE_PRIORS, sampleCoefficients } from './sample-coefficients.ts';
import { sampleScope } from './sample-scope.ts';
import { sampleSeconds } from './sample-seconds.ts';

/** Speed of what is counted in images, sequences or rows: training and inference. */
export const samplesModel: FittedModel = {
  name: 'samples',
  quantities: ['samples', 'training-samples'],
  priors: SAMPLE_PRIORS,
  predictor: samplesPredictor,
};

function samplesPredictor(work: MeasuredWork): Predictor | string {
  const { device } = work;
  if (device === null) return NO_DEVICE;
  const scope = sampleScope(work, device);
  if (typeof scope === 'string') return scope;
  const samples = scope.batch * scope.passes * scope.devices;
  return (all) => samples / sampleSeconds(scope, sampleCoefficients(all, scope.group)).total;
}
