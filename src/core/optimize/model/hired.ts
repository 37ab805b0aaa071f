import type { Micros, Rate } from '../../../base/money.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Alternative } from '../../../spec/plan.ts';
import type { SpotRun } from '../../../spec/spot-run.ts';
import { wayCost } from '../../match/hire-cost.ts';

type Hired = Omit<Alternative, 'task'> & {
  readonly nanosPerHour: Rate;
  readonly costMicros: Micros | null;
};

/** So many machines of an offer for so long, as plans and their alternatives tell of it. */
export function hired(
  offer: Offer,
  {
    machines,
    hours,
    spotRun,
    startS,
  }: {
    readonly machines: number;
    readonly hours: number | null;
    readonly spotRun: SpotRun | undefined;
    readonly startS: number | undefined;
  },
): Hired {
  const when = startS === undefined ? {} : { startS };
  return {
    ...when,
    place: offer.place,
    provider: offer.provider,
    region: offer.region,
    zone: offer.zone,
    instance: offer.instance,
    accelerator: offer.accelerator,
    acceleratorCount: offer.acceleratorCount,
    count: machines,
    spot: offer.spot,
    hours,
    nanosPerHour: offer.nanosPerHour,
    costMicros: hours === null ? null : wayCost({ offer, machines, ...when, spotRun }, hours),
    launchable: offer.launchable,
  };
}
