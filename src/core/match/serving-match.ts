import { usdPerUnit } from '../../base/money.ts';
import type { Demand, Interval, Layout } from '../../spec/demand.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { RequestSize, Task } from '../../spec/task.ts';
import type { MixDemand } from '../demand/serving-mix.ts';
import { byDevices } from './by-devices.ts';
import { asLaidOut, layoutsByDevice, modelRequirements, replicaLayouts } from './model-match.ts';
import { ONE_STEP, PASSES, type Requirement, type Words, type WorkMatch } from './requirement.ts';
import { keyOf, throughputOf } from './throughput-keys.ts';
import { isTooLarge, USD_PER_HOUR_MAX } from './too-large.ts';

/**
 * How offers carry a part of a service's requests: a way is one machine, with what it does of each
 * size. How many machines of which ways there are, is the optimizer's choice.
 */
export function servingMatch(task: Task, demand: Demand, mix: MixDemand): WorkMatch {
  const { requirements, waysOf } = matchAnyLoad(task, demand, mix);
  const isReckonable = (way: Candidate): boolean => !isTooMuch(loadAlone(way, mix));
  const tooLarge: Requirement = {
    code: 'too-large',
    distance: (offer) => {
      const ways = waysOf(offer);
      return ways.length === 0 || ways.some(isReckonable) ? PASSES : ONE_STEP;
    },
    words: (offer) => tooLargeWords(waysOf(offer).map((way) => loadAlone(way, mix))),
  };
  return {
    requirements: [...requirements, tooLarge],
    waysOf: (offer) => waysOf(offer).filter(isReckonable),
  };
}

/** As many machines as all requests take that one kind can take, and what they cost. */
type LoadAlone = {
  readonly machines: number;
  readonly usdPerHour: number;
  readonly hours: number;
};

function loadAlone(
  { offer, hours, serves }: Candidate,
  { sizes, requestsPerSecond, utilizationMax }: MixDemand,
): LoadAlone {
  const busy = sizes.reduce((sum, { share }, size) => {
    const speed = serves!.requestsPerSecond[size]!;
    return speed > 0 ? sum + share / speed : sum;
  }, 0);
  const machines = Math.ceil((busy * requestsPerSecond) / utilizationMax);
  const usdPerHour = machines * usdPerUnit(offer.nanosPerHour);
  return { machines, usdPerHour, hours: hours?.high ?? 0 };
}

/** A million machines are more than anybody has. */
const MACHINES_MAX = 1e6;

function isTooMuch({ machines, usdPerHour, hours }: LoadAlone): boolean {
  return machines > MACHINES_MAX || isTooLarge(usdPerHour, hours);
}

function tooLargeWords(loads: readonly LoadAlone[]): Words {
  const least = Math.min(...loads.map(({ machines }) => machines));
  return {
    reason: `the requests would take ${least} of it; Kedge reckons up to ${MACHINES_MAX} machines and $${USD_PER_HOUR_MAX} an hour`,
    have: MACHINES_MAX,
    need: least,
    fix: 'look for a wrong unit in serving',
  };
}

function matchAnyLoad(task: Task, demand: Demand, mix: MixDemand): WorkMatch {
  const hours = servedHours(task);
  const asWay = (offer: Offer, serves: NonNullable<Candidate['serves']>): Candidate => ({
    offer,
    machines: 1,
    hours,
    throughput: null,
    serves: { ...serves, concurrency: mix.concurrency ?? serves.concurrency },
  });
  if (demand.basis !== 'model') return statedMatch(mix.sizes, asWay);
  const layouts = layoutsByDevice(demand);
  const replicasOn = byDevices((offer) =>
    replicaLayouts(offer, layouts).flatMap((layout) => {
      const serves = replicasIn(offer, layout);
      return serves === null ? [] : [asLaidOut({ serves }, layout)];
    }),
  );
  return {
    requirements: modelRequirements(layouts, [1]),
    waysOf: (offer) =>
      replicasOn(offer).map(({ serves, ...laidOut }) => ({ ...asWay(offer, serves), ...laidOut })),
  };
}

/** Of a service without an end, nothing. */
function servedHours({ work }: Task): Interval | null {
  if (work === null || !('hours' in work)) return null;
  return { low: work.hours, mid: work.hours, high: work.hours };
}

/** Of as many replicas as one machine holds; null where it holds none. */
function replicasIn(
  { acceleratorCount }: Offer,
  { devices, serves }: Layout,
): NonNullable<Candidate['serves']> | null {
  const replicas = Math.floor(acceleratorCount / devices);
  if (serves === undefined || replicas === 0) return null;
  return {
    requestsPerSecond: serves.requestsPerSecond.map((each) => each * replicas),
    concurrency: serves.concurrency * replicas,
  };
}

function statedMatch(
  sizes: readonly RequestSize[],
  asWay: (offer: Offer, serves: NonNullable<Candidate['serves']>) => Candidate,
): WorkMatch {
  const bySize = sizes.map(({ throughput }) => throughputOf(throughput ?? {}));
  const speeds = (offer: Offer): readonly number[] => bySize.map((own) => own(offer) ?? 0);
  const isKnown: Requirement = {
    code: 'throughput-unknown',
    distance: (offer) => (speeds(offer).some((speed) => speed > 0) ? PASSES : ONE_STEP),
    words: (offer) => ({
      reason: `serving.throughput has no entry for ${keyOf(offer)}`,
      have: null,
      need: `requests a second on ${keyOf(offer)}`,
      fix: `add ${keyOf(offer)} to serving.throughput, or to that of a size of serving.mix`,
    }),
  };
  return {
    requirements: [isKnown],
    waysOf: (offer) => [asWay(offer, { requestsPerSecond: speeds(offer), concurrency: 1 })],
  };
}
