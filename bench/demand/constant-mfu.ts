import { computeFormat } from '../../src/core/demand/accelerators/accelerator-facts.ts';
import type { MeasuredWork, Measurement } from '../../src/core/demand/calibration/measurement.ts';
import { median } from '../statistics.ts';

/** A row with the share of its devices' peak that it used. */
type Used = { readonly of: Measurement; readonly mfu: number };

/**
 * The rule that estimates usually rest on: one share of the peak (MFU) for each device and precision,
 * with 6·N + 12·L·d·s FLOPs for a token (PaLM, arXiv:2204.02311, appendix B). Errors ln(predicted /
 * measured) of each family by the median share of all others: of the same device and precision,
 * else of the precision, else of all.
 */
export function constantMfuErrors(measurements: readonly Measurement[]): readonly {
  readonly family: string;
  readonly error: number;
}[] {
  const used = measurements.flatMap((of): Used[] => {
    const peak = peakOf(of.work);
    return peak === null ? [] : [{ of, mfu: (of.value * flopsOfToken(of.work)) / peak }];
  });
  return used.map(({ of, mfu }) => {
    const others = used.filter((one) => one.of.family !== of.family);
    return { family: of.family, error: Math.log(usualMfu(of, others) / mfu) };
  });
}

function usualMfu({ work }: Measurement, others: readonly Used[]): number {
  const ofPrecision = others.filter(({ of }) => of.work.precision === work.precision);
  const ofDevice = ofPrecision.filter(({ of }) => of.work.device?.name === work.device?.name);
  const nearest = [ofDevice, ofPrecision, others].find((rows) => rows.length > 0)!;
  return median(nearest.map(({ mfu }) => mfu));
}

/** FLOP/s of all devices; null where the device does not compute in the precision, or no length is told. */
function peakOf({ device, precision, devices, sequenceLength }: MeasuredWork): number | null {
  if (device === null || sequenceLength === null) return null;
  const format = computeFormat(device, precision);
  return format === null ? null : device.peak[format] * devices;
}

function flopsOfToken({ model, sequenceLength }: MeasuredWork): number {
  return 6 * model.activeParams + 12 * model.layers * model.heads * model.headDim * sequenceLength!;
}
