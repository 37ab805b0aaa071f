import { KedgeError } from '../base/errors.ts';
import { normaliseAccelerator } from '../core/catalog/accelerator-names.ts';
import type { Driver } from '../ports/driver.ts';
import type { PoolCapacity } from '../spec/reservation.ts';

/** What a driver may hand out, its devices under their catalog names, as plans have them. */
export async function poolsOf(driver: Driver): Promise<readonly PoolCapacity[]> {
  return (await driver.capacity()).map(({ has, ...pool }) => {
    const gpus = Object.entries(has.gpusByName).map(
      ([name, count]) => [normaliseAccelerator(name), count] as const,
    );
    return { ...pool, has: { ...has, gpusByName: Object.fromEntries(gpus) } };
  });
}

/** By name, those of all drivers that answer; drivers that share a machine agree on its pool. */
export async function allPools(
  drivers: ReadonlyMap<string, Driver>,
): Promise<ReadonlyMap<string, PoolCapacity>> {
  const found = await Promise.all([...drivers.values()].map(poolsIfAnswered));
  return new Map(found.flat().map((one) => [one.pool, one]));
}

async function poolsIfAnswered(driver: Driver): Promise<readonly PoolCapacity[]> {
  try {
    return await poolsOf(driver);
  } catch (error) {
    if (error instanceof KedgeError) return [];
    throw error;
  }
}
