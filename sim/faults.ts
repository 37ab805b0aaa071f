import { SECOND_MS } from '../src/base/time.ts';
import { Chance } from './chance.ts';
import { POISONS, type Poison } from './poison.ts';

/** How bad one world is: probabilities of a call, a machine or a task, unless a unit is named. */
export type Faults = {
  /** The call never arrives. */
  readonly lost: number;
  /** It arrives, is done, and its reply is lost. */
  readonly replyLost: number;
  /** The calling process dies before it calls, or before it hears the reply. */
  readonly crash: number;
  /** The calling process is stopped for a while, and goes on as if nothing had been. */
  readonly pause: number;
  /** The call or its reply takes longer than a lease. */
  readonly slow: number;
  readonly noCapacity: number;
  readonly denied: number;
  readonly stopIgnored: number;
  readonly preempted: number;
  /** The machine is gone, and its provider has never heard of it. */
  readonly forgotten: number;
  readonly outOfSight: number;
  readonly taskFails: number;
  readonly taskResists: number;
  /** What the provider shows is up to this old, each look differently. */
  readonly lagMsMax: number;
  /** The provider's clock against ours. */
  readonly skewMs: number;
  /** How often our own time of day is set, by up to an hour either way. */
  readonly clockJumps: number;
  /** What one run of this world does to whoever looks at it. */
  readonly poison: Poison | null;
  /** Engines on one store. */
  readonly engines: number;
  /** Machines that the owner of home hands out; null where home is a cloud. */
  readonly pool: number | null;
  /** Runs have budgets, and nothing happens that keeps a machine from being stopped in time. */
  readonly budgets: boolean;
  /** Machines that the provider has for everybody. */
  readonly capacity: number;
};

/**
 * Each world has some kinds of faults and lacks others, since a kind that is always there hides
 * what only happens without it. Source: Groce et al., "Swarm Testing", ISSTA 2012.
 */
export function drawFaults(seed: number): Faults {
  const chance = new Chance(seed, 'faults');
  const some = (max: number): number => (chance.is(0.5) ? chance.between(0, max) : 0);
  const drawn = {
    lost: some(0.05),
    replyLost: some(0.05),
    crash: some(0.02),
    pause: some(0.01),
    slow: some(0.01),
    noCapacity: some(0.3),
    denied: some(0.02),
    stopIgnored: some(0.5),
    preempted: some(0.3),
    forgotten: chance.is(0.3) ? chance.between(0, 0.3) : 0,
    outOfSight: some(0.3),
    taskFails: some(0.3),
    taskResists: some(0.5),
    lagMsMax: Math.round(some(30 * SECOND_MS)),
    skewMs: chance.is(0.5) ? chance.int(-3600, 3600) * SECOND_MS : 0,
    clockJumps: chance.is(0.3) ? chance.int(1, 4) : 0,
    poison: chance.is(0.15) ? chance.one(POISONS) : null,
    pool: chance.is(0.3) ? chance.int(3, 6) : null,
    budgets: chance.is(0.15),
    engines: chance.is(0.4) ? 2 : 1,
    capacity: chance.is(0.3) ? chance.int(3, 6) : 1000,
  };
  return drawn.budgets ? withoutDelays(drawn) : drawn;
}

/** While nobody looks, or a termination is ignored, a bill goes on: no budget can hold then. */
function withoutDelays(faults: Faults): Faults {
  const none = { lost: 0, replyLost: 0, crash: 0, pause: 0, slow: 0, stopIgnored: 0 };
  const gone = { outOfSight: 0, forgotten: 0, lagMsMax: 0, skewMs: 0, clockJumps: 0 };
  return { ...faults, ...none, ...gone, poison: null };
}

/** The same world after all has gone quiet: the laws of its nature stay, nothing new goes wrong. */
export function calmed(faults: Faults): Faults {
  const none = { lost: 0, replyLost: 0, crash: 0, pause: 0, slow: 0, noCapacity: 0, denied: 0 };
  return { ...faults, ...none, stopIgnored: 0, preempted: 0, forgotten: 0, outOfSight: 0 };
}
