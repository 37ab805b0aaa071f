import type { Amounts } from '../../spec/reservation.ts';

/** The dimensions of an amount: `cpusMilli`, `memoryMib`, and the name of each device. */
export function dimensionsOf({ cpusMilli, memoryMib, gpusByName }: Amounts): Map<string, number> {
  return new Map([
    ['cpusMilli', cpusMilli],
    ['memoryMib', memoryMib],
    ...Object.entries(gpusByName),
  ]);
}

/** What is left of a pool; less than nothing where its capacity has shrunk. */
export class Room {
  readonly #left: Map<string, number>;

  constructor(capacity: Amounts, taken: Iterable<Amounts> = []) {
    this.#left = dimensionsOf(capacity);
    for (const amounts of taken) this.take(amounts);
  }

  left(dimension: string): number {
    return this.#left.get(dimension) ?? 0;
  }

  take(amounts: Amounts): void {
    this.#add(amounts, -1);
  }

  give(amounts: Amounts): void {
    this.#add(amounts, 1);
  }

  fits(amounts: Amounts): boolean {
    if (amounts.cpusMilli > this.left('cpusMilli') && amounts.cpusMilli > 0) return false;
    if (amounts.memoryMib > this.left('memoryMib') && amounts.memoryMib > 0) return false;
    for (const name in amounts.gpusByName) {
      if (amounts.gpusByName[name]! > this.left(name)) return false;
    }
    return true;
  }

  #add({ cpusMilli, memoryMib, gpusByName }: Amounts, sign: 1 | -1): void {
    const left = this.#left;
    left.set('cpusMilli', left.get('cpusMilli')! + sign * cpusMilli);
    left.set('memoryMib', left.get('memoryMib')! + sign * memoryMib);
    for (const name in gpusByName) {
      left.set(name, this.left(name) + sign * gpusByName[name]!);
    }
  }
}

/** So many machines at once. */
export function times({ cpusMilli, memoryMib, gpusByName }: Amounts, count: number): Amounts {
  const gpus = Object.entries(gpusByName).map(([name, each]) => [name, each * count]);
  return {
    cpusMilli: cpusMilli * count,
    memoryMib: memoryMib * count,
    gpusByName: Object.fromEntries(gpus),
  };
}

/** What does not fit into an empty pool takes all of it, rather than wait for ever. */
export function atMost({ cpusMilli, memoryMib, gpusByName }: Amounts, capacity: Amounts): Amounts {
  const gpus = Object.entries(gpusByName).flatMap(([name, wanted]) => {
    const least = Math.min(wanted, capacity.gpusByName[name] ?? 0);
    return least > 0 ? [[name, least] as const] : [];
  });
  return {
    cpusMilli: Math.min(cpusMilli, capacity.cpusMilli),
    memoryMib: Math.min(memoryMib, capacity.memoryMib),
    gpusByName: Object.fromEntries(gpus),
  };
}
