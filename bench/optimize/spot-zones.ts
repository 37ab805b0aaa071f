import { rateFromUsd } from '../../src/base/money.ts';
import { evenStarts, tally, windowTicks } from '../../src/core/optimize/spot/backtest.ts';
import { playZones } from '../../src/core/optimize/spot/backtest-zones.ts';
import { HAZARDS } from '../../src/core/optimize/spot/hazard-parameters.ts';
import type { WindowOutcome } from '../../src/core/optimize/spot/simulate-window.ts';
import type { ZonesJob } from '../../src/core/optimize/spot/zones-job.ts';
import { type Half, jobOf, WINDOWS } from './spot-traces.ts';

/** Deadline and changeover, in hours. */
const CORNERS = [
  [52, 0.02],
  [92, 0.02],
  [52, 0.5],
  [92, 0.5],
] as const;
/** Dollars an hour in the first and the second zone. */
const PRICES = [
  [0.9731, 0.9731],
  [0.9731, 0.7],
] as const;

export type ZonesCell = {
  /** Mean cost over all regions, by that of the zone of each that is the cheapest alone. */
  readonly vsBest: number;
  readonly misses: number;
};

/** Zones of a region as zones of one job: in the corners of deadline × changeover, at two prices. */
export function playInZones(halves: readonly Half[]): ZonesCell[] {
  const pairs = [...Map.groupBy(halves, ({ region }) => region).values()].filter(
    (zones) => zones.length === 2,
  );
  return PRICES.flatMap((dollars) =>
    CORNERS.map(([deadline, changeover]) => {
      const spotNanosPerHour = dollars.map(rateFromUsd);
      return cellOf({ ...jobOf(deadline, changeover), spotNanosPerHour }, pairs);
    }),
  );
}

function cellOf(job: ZonesJob, pairs: readonly (readonly Half[])[]): ZonesCell {
  const meanOf = (outcomes: readonly WindowOutcome[]): number => tally(outcomes).meanCostMicros;
  let [cost, best, misses] = [0, 0, 0];
  for (const zones of pairs) {
    const { tickMs, from } = zones[0]!;
    const ticks = windowTicks(job, tickMs);
    const to = Math.min(...zones.map(({ available }) => available.length));
    const starts = evenStarts({ from, to, ticks }, WINDOWS);
    const available = zones.map((zone) => zone.available);
    const { kedge, alone } = playZones(job, { tickMs, available }, { starts, ticks }, HAZARDS);
    cost += meanOf(kedge);
    best += Math.min(...alone.map(meanOf));
    misses += tally(kedge).misses;
  }
  return { vsBest: cost / best, misses };
}
