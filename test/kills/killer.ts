import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/base/rng.ts';
import type { Installation } from './installation.ts';
import { drawOrders, type KillOrder, nameOf } from './kill-point.ts';

export type KillerOptions = {
  readonly place: Installation;
  readonly random: Random;
  /** Half of them at points, half at random. */
  readonly kills: number;
  /** After so long it is enough, however many kills there were. */
  readonly msMax?: number;
  /** Kills at the calls of the docker driver, too. */
  readonly docker: boolean;
  /** Called after each kill with how many there were. */
  readonly onKill: (kills: number) => void;
};

const RANDOM = 'random';
/** Longest life of a server that is killed at random, in boots: a quarter fall into its first. */
const RANDOM_BOOTS_MAX = 4;
/** One that has not come to its point by then is killed as one at random. */
const POINT_BOOTS_MAX = 10;
const TRIES_MAX = 5;
/** Servers that died in a row with nothing new of a run: ten would make it a poison task. */
const DEATHS_MAX = 6;
const NEWS_MS_MAX = 60_000;
const LOOK_MS = 50;

type Order = KillOrder & { readonly tries: number };

/** Starts the server of an installation and kills it, again and again. */
export class Killer {
  /** By the name of the point; `random` for the others. */
  readonly killsByPoint = new Map<string, number>();
  readonly #options: KillerOptions;
  /** Of servers, since there was news of a run that has not ended. */
  readonly #deathsByRun = new Map<string, number>();

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  /** A run has got on. */
  news(runId: string): void {
    this.#deathsByRun.set(runId, 0);
  }

  over(runId: string): void {
    this.#deathsByRun.delete(runId);
  }

  /** Fills the compile cache, which a server that is killed early never does. */
  async warmUp(): Promise<void> {
    const { place } = this.#options;
    const first = place.runServer(null);
    await place.insist((client) => client.health());
    place.killServer('SIGKILL');
    await first;
  }

  async killAll(): Promise<void> {
    const { kills, msMax = Infinity } = this.#options;
    const deadline = Date.now() + msMax;
    const atPoints = this.#drawOrders(Math.ceil(kills / 2));
    let atRandom = Math.floor(kills / 2);
    for (let turn = 0; (atPoints.length > 0 || atRandom > 0) && Date.now() < deadline; turn++) {
      const isAtPoint = atPoints.length > 0 && (atRandom <= 0 || turn % 2 === 0);
      const order = isAtPoint && this.#waiting().length === 0 ? atPoints.shift()! : null;
      // One that does not come to its point is killed all the same.
      if (order !== null && (await this.#killAt(order))) continue;
      if (order === null) await this.#killAtRandom();
      atRandom--;
      if (order !== null && order.tries < TRIES_MAX) {
        atPoints.push({ ...order, nth: 1, tries: order.tries + 1 });
      }
    }
  }

  /** Each point once, then each again, until there are so many. */
  #drawOrders(count: number): Order[] {
    const { random, docker } = this.#options;
    const orders: Order[] = [];
    while (orders.length < count) {
      const round = drawOrders(random, { docker });
      orders.push(...round.map((order) => ({ ...order, tries: 1 })));
    }
    return orders.slice(0, count);
  }

  /** True when the server died at its point. */
  async #killAt(order: KillOrder): Promise<boolean> {
    const { place } = this.#options;
    const words = await this.#runAndKill(order, POINT_BOOTS_MAX * place.bootMs);
    const hasMet = words.includes(`killed ${nameOf(order)}`);
    this.#count(hasMet ? nameOf(order) : RANDOM);
    return hasMet;
  }

  async #killAtRandom(): Promise<void> {
    const { place, random } = this.#options;
    if (this.#waiting().length > 0) await this.#letLive();
    else await this.#runAndKill(null, random() * RANDOM_BOOTS_MAX * place.bootMs);
    this.#count(RANDOM);
  }

  /** Kills a server only when the runs that have waited for long have got on. */
  async #letLive(): Promise<void> {
    const death = this.#runAndKill(null, NEWS_MS_MAX);
    const until = Date.now() + NEWS_MS_MAX;
    while (this.#waiting().length > 0 && Date.now() < until) await delay(LOOK_MS);
    this.#options.place.killServer('SIGKILL');
    await death;
  }

  /** Runs that need a server which lives longer than the last ones did. */
  #waiting(): readonly string[] {
    const deaths = [...this.#deathsByRun];
    return deaths.flatMap(([runId, count]) => (count >= DEATHS_MAX ? [runId] : []));
  }

  /** What it said on stdout. */
  async #runAndKill(order: KillOrder | null, withinMs: number): Promise<string> {
    const { place } = this.#options;
    const timer = setTimeout(() => place.killServer('SIGKILL'), withinMs);
    const { signal, words } = await place.runServer(order);
    clearTimeout(timer);
    assert.equal(signal, 'SIGKILL', `a server ended by itself; see ${place.home.serverLogFile}`);
    for (const [runId, deaths] of this.#deathsByRun) this.#deathsByRun.set(runId, deaths + 1);
    return words;
  }

  #count(point: string): void {
    this.killsByPoint.set(point, (this.killsByPoint.get(point) ?? 0) + 1);
    this.#options.onKill([...this.killsByPoint.values()].reduce((sum, count) => sum + count, 0));
  }
}
