import { asEpochMs } from '../../base/time.ts';
import type { Point, Ring } from '../../spec/sample.ts';

/**
 * Two resolutions that forget, five minutes of 2 s and an hour of 20 s, and one that keeps the
 * whole life: where it is full, two slots become one, so that it always has 144 to 288 of them.
 */
export const RINGS = {
  recent: { stepMs: 2000, slots: 150, forgets: true },
  hour: { stepMs: 20_000, slots: 180, forgets: true },
  life: { stepMs: 2000, slots: 288, forgets: false },
} as const;

export type RingShape = {
  readonly stepMs: number;
  readonly slots: number;
  readonly forgets: boolean;
};

export function emptyRing({ stepMs }: RingShape): Ring {
  return { stepMs, points: [] };
}

/** A ring after one more point, at its slot; points come in the order of their times. */
export function pushPoint(ring: Ring, point: Point, { slots, forgets }: RingShape): Ring {
  const added = append(ring.points, slotted(point, ring.stepMs));
  if (added.length <= slots) return { ...ring, points: added };
  if (forgets) return { ...ring, points: added.slice(-slots) };
  return coarser({ ...ring, points: added });
}

function coarser({ stepMs, points }: Ring): Ring {
  const wider = 2 * stepMs;
  const merged = points.reduce<Point[]>((all, point) => append(all, slotted(point, wider)), []);
  return { stepMs: wider, points: merged };
}

/** A clock that was set back puts what follows into the last slot. */
function append(points: readonly Point[], point: Point): Point[] {
  const last = points.at(-1);
  if (last === undefined || point.at > last.at) return [...points, point];
  return [...points.slice(0, -1), merge(last, point)];
}

function slotted(point: Point, stepMs: number): Point {
  return { ...point, at: asEpochMs(Math.floor(point.at / stepMs) * stepMs) };
}

function merge(a: Point, b: Point): Point {
  const mean = (name: keyof Point): number | null =>
    meanOf({ value: a[name], weight: a.count }, { value: b[name], weight: b.count });
  const max = (name: keyof Point): number | null => maxOf(a[name], b[name]);
  return {
    at: a.at,
    count: a.count + b.count,
    cpuMean: mean('cpuMean'),
    cpuMax: max('cpuMax'),
    memoryMean: mean('memoryMean'),
    memoryMax: max('memoryMax'),
    gpuMean: mean('gpuMean'),
    gpuMax: max('gpuMax'),
    diskRead: mean('diskRead'),
    diskWrite: mean('diskWrite'),
    netRx: mean('netRx'),
    netTx: mean('netTx'),
  };
}

type Weighted = { readonly value: number | null; readonly weight: number };

export function meanOf(a: Weighted, b: Weighted): number | null {
  if (a.value === null || b.value === null) return a.value ?? b.value;
  const weight = a.weight + b.weight;
  return weight === 0 ? b.value : (a.value * a.weight + b.value * b.weight) / weight;
}

export function maxOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
