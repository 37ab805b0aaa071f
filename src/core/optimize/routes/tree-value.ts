import type { Capacities, Group, RouteProblem } from './route-problem.ts';

/** What groups of trees cost, per gigabyte of the data: nano-dollars and seconds. */
export type TreeValue = {
  readonly egress: number;
  readonly seconds: number;
  readonly regions: number;
  /** Egress, and the machines of all regions for these seconds. */
  readonly total: number;
};

/**
 * Values groups of trees, again and again: what search calls a million times. In floating point,
 * which guides; `settle` settles money in whole numbers.
 *
 * The model is that of the published multicast results (Cloudcast, NSDI'24): where the links that
 * enter or leave a region could carry more than its limit, each has an equal share of it; a link
 * takes as long as its partitions do, and the slowest link decides.
 */
export class TreeValuer {
  readonly #size: number;
  readonly #prices: Float64Array;
  readonly #capacities: Capacities;
  readonly #partitionShare: number;
  readonly #regionSecond: number;
  readonly #source: number;
  readonly #counts: Int32Array;
  readonly #used: number[] = [];
  readonly #outDegree: Int32Array;
  readonly #inDegree: Int32Array;
  readonly #outflow: Float64Array;
  readonly #inflow: Float64Array;

  constructor(problem: RouteProblem, capacities: Capacities) {
    const { network, machines, partitions, source } = problem;
    this.#size = network.regions.length;
    this.#prices = network.nanosPerGigabyte;
    this.#capacities = capacities;
    this.#partitionShare = 1 / partitions;
    this.#regionSecond = regionSecondNanos(machines);
    this.#source = source;
    this.#counts = new Int32Array(this.#size * this.#size);
    this.#outDegree = new Int32Array(this.#size);
    this.#inDegree = new Int32Array(this.#size);
    this.#outflow = new Float64Array(this.#size);
    this.#inflow = new Float64Array(this.#size);
  }

  value(groups: readonly Group[]): TreeValue {
    this.#count(groups);
    const { seconds, regions } = this.#slowest();
    const egress = this.#egress();
    this.#clear();
    return { egress, seconds, regions, total: egress + regions * this.#regionSecond * seconds };
  }

  #count(groups: readonly Group[]): void {
    for (const { tree, partitions } of groups) {
      for (const [to, from] of tree) {
        const link = from * this.#size + to;
        if (this.#counts[link] === 0) this.#enter(link, from, to);
        this.#counts[link]! += partitions;
      }
    }
  }

  #enter(link: number, from: number, to: number): void {
    this.#used.push(link);
    this.#outDegree[from]! += 1;
    this.#inDegree[to]! += 1;
    this.#outflow[from]! += this.#capacities.links[link]!;
    this.#inflow[to]! += this.#capacities.links[link]!;
  }

  #egress(): number {
    let sum = 0;
    for (const link of this.#used) sum += this.#counts[link]! * this.#prices[link]!;
    return sum * this.#partitionShare;
  }

  #slowest(): { readonly seconds: number; readonly regions: number } {
    const { links, egress, ingress } = this.#capacities;
    let slowest = 0;
    let regions = this.#used.length > 0 ? 1 : 0;
    for (const link of this.#used) {
      const to = link % this.#size;
      const from = (link - to) / this.#size;
      let flow = links[link]!;
      if (this.#outflow[from]! > egress[from]!)
        flow = Math.min(flow, egress[from]! / this.#outDegree[from]!);
      if (this.#inflow[to]! > ingress[to]!)
        flow = Math.min(flow, ingress[to]! / this.#inDegree[to]!);
      slowest = Math.max(slowest, this.#counts[link]! / flow);
      // Each region but the source is entered; the last link that is looked at counts it.
      if (to !== this.#source) regions += 1 / this.#inDegree[to]!;
    }
    const seconds = slowest * this.#partitionShare * KILOBITS;
    return { seconds, regions: Math.round(regions) };
  }

  #clear(): void {
    for (const link of this.#used) {
      const to = link % this.#size;
      const from = (link - to) / this.#size;
      this.#counts[link] = 0;
      this.#outDegree[from] = 0;
      this.#inDegree[to] = 0;
      this.#outflow[from] = 0;
      this.#inflow[to] = 0;
    }
    this.#used.length = 0;
  }
}

const KILOBITS = 8e6;
const SECONDS_PER_HOUR = 3600;

/** Nano-dollars for the machines of one region for a second. */
export function regionSecondNanos(machines: RouteProblem['machines']): number {
  return (machines.perRegion * machines.nanosPerHour) / SECONDS_PER_HOUR;
}
