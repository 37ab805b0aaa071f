import type { Offer } from '../../spec/offer.ts';
import { INLINE_PROVIDER } from './inline-provider.ts';

/** The key of a `throughput` that would speak of an offer and the most of its like. */
export function keyOf({ accelerator, provider, id }: Offer): string {
  return accelerator ?? (provider === INLINE_PROVIDER ? id : 'cpu');
}

/**
 * Units of one machine. The first key that speaks of the offer counts: its name, its instance
 * type, `H100:8` for the machine; `H100`, `gpu` or `tpu` for each of its devices; `cpu` for a
 * machine without any.
 */
export function throughputOf(
  throughput: Readonly<Record<string, number>>,
): (offer: Offer) => number | null {
  const units = new Map(
    Object.entries(throughput).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const at = (key: string | null): number | undefined =>
    key === null ? undefined : units.get(key.toLowerCase());
  return (offer) => {
    const { accelerator, acceleratorCount } = offer;
    const ofMachine = at(offer.id) ?? at(offer.instance);
    if (ofMachine !== undefined) return ofMachine;
    if (accelerator === null) return at('cpu') ?? null;
    const whole = at(`${accelerator}:${acceleratorCount}`);
    if (whole !== undefined) return whole;
    const each = at(accelerator) ?? at(accelerator.startsWith('tpu-') ? 'tpu' : 'gpu');
    return each === undefined ? null : each * acceleratorCount;
  };
}
