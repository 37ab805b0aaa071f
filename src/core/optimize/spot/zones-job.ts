import type { Rate } from '../../../base/money.ts';
import type { Holding, Moment, SpotJob } from './spot-job.ts';

/** A job that may run in any of several zones: in each spot has its own price and availability. */
export type ZonesJob = Omit<SpotJob, 'spotNanosPerHour'> & {
  /** By zone. */
  readonly spotNanosPerHour: readonly Rate[];
};

/** How a job stands at the start of a tick. A move to another zone takes a changeover. */
export type ZonesMoment = Omit<Moment, 'isAvailable'> & {
  /** Where spot is held; null when none is. */
  readonly heldZone: number | null;
  /** By zone, whether spot can be had, or goes on, in this tick. */
  readonly available: readonly boolean[];
};

export type ZoneChoice =
  | { readonly hold: Exclude<Holding, 'spot'> }
  | { readonly hold: 'spot'; readonly zone: number };

export type DecideZones = (moment: ZonesMoment) => ZoneChoice;

/** Availability by zone, tick after tick: as many ticks of each, taken at the same times. */
export type ZonesAvailability = {
  readonly tickMs: number;
  readonly available: readonly Uint8Array[];
};

/** The same moment to one who sees that zone only: spot held elsewhere is of no use there. */
export function momentIn(moment: ZonesMoment, zone: number): Moment {
  const { heldZone, available, ...rest } = moment;
  const isElsewhere = moment.held === 'spot' && heldZone !== zone;
  const isAvailable = available[zone]!;
  if (isElsewhere) return { ...rest, isAvailable, held: 'none', changeoverLeftMs: 0 };
  return { ...rest, isAvailable };
}
