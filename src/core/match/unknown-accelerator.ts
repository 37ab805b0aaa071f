import { closestWord } from '../../base/closest.ts';
import { KedgeError } from '../../base/errors.ts';
import type { Offer } from '../../spec/offer.ts';
import {
  ACCELERATORS,
  isKnownAccelerator,
  resolveAccelerator,
} from '../catalog/accelerator-names.ts';

/**
 * The error for a device that nothing is called, neither in the table of names nor among the
 * offers nor what a task declares, with the name that is nearest; null for a device that exists.
 */
export function unknownAccelerator(
  name: string,
  offers: readonly Offer[],
  declared: readonly string[] = [],
): KedgeError | null {
  const resolved = resolveAccelerator({ name, count: 1 }).name;
  if (isKnownAccelerator(resolved) || declared.includes(name)) return null;
  if (offers.some((offer) => offer.accelerator === resolved)) return null;
  const short = name.slice(0, 64);
  const closest = closestWord(short, [...declared, ...Object.keys(ACCELERATORS)]);
  const hint =
    closest === undefined
      ? 'kedge offers --all lists what is for hire; names are as H100, A100-80GB, tpu-v6e'
      : `did you mean ${closest}?`;
  return new KedgeError('spec.bad-value', `no accelerator is called "${short}"`, {
    hint,
    details: { accelerator: short, closest: closest ?? null },
  });
}
