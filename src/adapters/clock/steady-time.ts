import { uptime } from 'node:os';
import { asEpochMs, type EpochMs, SECOND_MS } from '../../base/time.ts';

/** Where time is read from; all in milliseconds. */
export type TimeSources = {
  /** The time of day, which whoever administers the machine may set. */
  readonly wall: () => number;
  /** Since some moment; nobody can set it, and it stands still while the machine sleeps. */
  readonly awake: () => number;
  /** Since the machine has started, its sleep included; coarse. */
  readonly uptime: () => number;
};

export type SteadyTime = {
  readonly now: () => EpochMs;
  /** What was written at that moment is past: time goes on from there, if it is not later. */
  readonly notBefore: (moment: EpochMs) => void;
};

/**
 * How fast a wrong time of day is caught up with, of the time that passes: a lease of 30 s that is
 * renewed every 10 s, and the 40 s after which 30 s of lag are over, have room for it.
 */
const SLEW = 0.1;

/**
 * The time of leases and graces, which are durations: it never goes back, and when the time of day
 * is set by an hour it goes on as before and drifts there, by a tenth of what passes (fault 13).
 * Time that the machine has slept has passed.
 */
export function steadyTime(sources: TimeSources = SYSTEM): SteadyTime {
  let awake = sources.awake();
  let slept = sources.uptime() - awake;
  let now = sources.wall();
  const read = (): EpochMs => {
    const passed = Math.max(0, sources.awake() - awake);
    awake += passed;
    now += passed;
    let behind = sources.wall() - now;
    if (Math.abs(behind) > SECOND_MS) {
      // Only then, for it costs a system call more: was it the machine that slept?
      const sleptMore = sources.uptime() - awake - slept;
      if (sleptMore > SECOND_MS) {
        slept += sleptMore;
        now += sleptMore;
        behind -= sleptMore;
      }
    }
    now += Math.max(-SLEW * passed, Math.min(SLEW * passed, behind));
    return asEpochMs(Math.floor(now));
  };
  const notBefore = (moment: EpochMs): void => {
    now = Math.max(now, moment);
  };
  return { now: read, notBefore };
}

const SYSTEM: TimeSources = {
  wall: () => Date.now(),
  awake: () => performance.now(),
  uptime: () => uptime() * SECOND_MS,
};
