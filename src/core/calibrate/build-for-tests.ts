import type { FittedModel, Prior } from '../demand/calibration/fitted-model.ts';
import type { MeasuredWork, Measurement } from '../demand/calibration/measurement.ts';

/** A model whose prediction is `per` times a work's tokens plus `fixed` times its devices. */
export const LINE: FittedModel = {
  name: 'line',
  quantities: ['training-tokens'],
  priors: [prior('per', 1), prior('fixed', 10)],
  predictor: ({ tokens, devices }) =>
    tokens === null
      ? 'the source does not say how many tokens'
      : (coefficients) => coefficients['per']! * tokens + coefficients['fixed']! * devices,
};

function prior(name: string, mid: number): Prior {
  return { name, mid, spread: 1 };
}

/** A row of which only this is said. */
export function buildMeasurement(
  id: number,
  parts: { readonly tokens: number | null; readonly devices: number; readonly value: number },
  family = `family ${id % 3}`,
): Measurement {
  const { value, ...work } = parts;
  return {
    id: `row ${id}`,
    family,
    source: family,
    work: {
      ...work,
      device: null,
      model: { name: 'model', family: 'decoder', experts: 1 },
    } as MeasuredWork,
    quantity: 'training-tokens',
    value,
  };
}

/** Exact rows of a line of other coefficients than the priors', in three families. */
export function buildRows(count: number, per: number, fixed: number): readonly Measurement[] {
  return Array.from({ length: count }, (_, id) => {
    const [tokens, devices] = [1 + ((id * 7) % 50), 1 + ((id * 3) % 8)];
    return buildMeasurement(id, { tokens, devices, value: per * tokens + fixed * devices });
  });
}
