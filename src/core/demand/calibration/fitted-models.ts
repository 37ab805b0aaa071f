import { memoryModel } from '../memory/memory-model.ts';
import { samplesModel } from '../samples/samples-model.ts';
import { servingModel } from '../serving/serving-model.ts';
import { trainingModel } from '../training/training-model.ts';
import type { FittedModel } from './fitted-model.ts';
import { fittedOf } from './fitted-of.ts';
import type { Fitted } from './predictive-spread.ts';

const MODELS: readonly FittedModel[] = [trainingModel, servingModel, samplesModel, memoryModel];

/** All models with the coefficients of the product. */
export function fittedModels(): readonly {
  readonly model: FittedModel;
  readonly fitted: Fitted;
}[] {
  return MODELS.map((model) => ({ model, fitted: fittedOf(model) }));
}
