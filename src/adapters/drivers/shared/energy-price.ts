/** One part of this machine that an offer hires. */
export type Hired = {
  readonly vcpus: number;
  readonly memoryGib: number;
  /** Board power of each device that is hired. */
  readonly gpuWatts: readonly (number | null)[];
};

/**
 * Watts of one hardware thread at full load: the average of the servers of AWS. Source: Cloud
 * Carbon Footprint, Methodology, "Compute": average max watts 3.5 for AWS (from SPECpower_ssj2008).
 */
const WATTS_PER_VCPU = 3.5;
/** Source: Cloud Carbon Footprint, Methodology, "Memory": 0.000392 kWh for a gigabyte-hour. */
const WATTS_PER_GIB = 0.392;
/** For a device that does not tell its limit: the board power of an A100 PCIe (NVIDIA datasheet). */
const WATTS_PER_UNKNOWN_GPU = 300;

/**
 * What a kilowatt-hour costs where nothing is configured: the average of US households in 2024.
 * Source: US Energy Information Administration, Electric Power Monthly, table 5.3 (16.48 cents).
 */
export const ELECTRICITY = { usdPerKwh: 0.1648, asOf: '2024', source: 'energy-eia-2024' } as const;

/** What a machine draws at full load, without cooling and losses. Never zero. */
export function wattsOf({ vcpus, memoryGib, gpuWatts }: Hired): number {
  const gpus = gpuWatts.reduce<number>((sum, watts) => sum + (watts ?? WATTS_PER_UNKNOWN_GPU), 0);
  return vcpus * WATTS_PER_VCPU + memoryGib * WATTS_PER_GIB + gpus;
}

/** Dollars for an hour of that. */
export function energyUsdPerHour(hired: Hired, usdPerKwh: number): number {
  return (wattsOf(hired) / 1000) * usdPerKwh;
}
