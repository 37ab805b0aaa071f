import type { Quote } from './quote.ts';

/** What an offer's id says. */
export function offerKey({ provider, region, zone, instance, spot, ...quote }: Quote): string {
  const machine = instance ?? `${quote.accelerator}:${quote.acceleratorCount}`;
  return [provider, region, zone, machine, spot].join('\t');
}

/** A machine type in a region, on demand and spot. */
export function machineKey({ provider, region, instance }: Quote): string {
  return [provider, region, instance].join('\t');
}

/** So many devices of a provider, in whatever machine and region. */
export function hireKey({ provider, accelerator, acceleratorCount, spot }: Quote): string {
  return [provider, accelerator, acceleratorCount, spot].join('\t');
}

/** A device of a provider, in whatever number. */
export function deviceKey({ provider, accelerator, spot }: Quote): string {
  return [provider, accelerator, spot].join('\t');
}
