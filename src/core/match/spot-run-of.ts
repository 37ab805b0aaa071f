import type { SpotRun } from '../../spec/spot-run.ts';

/** A run on spot as it is expected to go in so many hours, waits included: all in proportion. */
export function spotRunOf(run: SpotRun, hours: number): SpotRun {
  if (hours === run.hours) return run;
  const share = hours / run.hours;
  return {
    ...run,
    hours,
    workHours: run.workHours * share,
    spotHours: run.spotHours * share,
    onDemandHours: run.onDemandHours * share,
    preemptions: run.preemptions * share,
  };
}
