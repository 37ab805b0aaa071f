import { KedgeError } from '../base/errors.ts';
import type { Driver } from '../ports/driver.ts';

/** The driver of a provider. Errors: `driver.no-such-place`. */
export function driverOf(drivers: ReadonlyMap<string, Driver>, provider: string): Driver {
  const driver = drivers.get(provider);
  if (driver !== undefined) return driver;
  throw new KedgeError('driver.no-such-place', `no driver runs things at ${provider}`, {
    hint: 'see `kedge check` for the places that can be used',
  });
}
