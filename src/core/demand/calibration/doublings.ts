import type { MeasuredWork, Quantity } from './measurement.ts';

/**
 * How often what works together was doubled from one: devices of a training, requests of a replica.
 * Each doubling adds what the estimate has no term for, and none that a single device or request
 * shows: a slow node, a shared switch, the moment at which a prompt joins a batch. Of a whole run's
 * hours, what happened to it hides them.
 */
export function doublingsOf(
  { devices, concurrency }: Pick<MeasuredWork, 'devices' | 'concurrency'>,
  quantity: Quantity,
): number {
  switch (quantity) {
    case 'training-tokens':
    case 'training-samples':
      return Math.log2(Math.max(1, devices));
    case 'time-per-token':
    case 'time-to-first-token':
    case 'output-tokens':
    case 'prefill-tokens':
    case 'request-latency':
      return Math.log2(Math.max(1, concurrency ?? 1));
    default:
      return 0;
  }
}
