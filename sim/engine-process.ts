import { KedgeError } from '../src/base/errors.ts';
import type { AbortSignal, Clock } from '../src/ports/clock.ts';
import type { Driver } from '../src/ports/driver.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** What a process is given of the world that it lives in. */
export type Surroundings = {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  /** One more thing has happened; `line` is only called when somebody reads along. */
  readonly event: (line: () => string) => void;
  readonly died: () => void;
  /** Creates that have been sent and have not arrived. */
  readonly createsOnTheWay: { count: number };
};

type Wire = {
  /** Named in the trace. */
  readonly name: string;
  readonly latencyMs: readonly [number, number];
  readonly lostCode: 'driver.no-reply' | 'state.disk-error';
  /** What is on its way when the process dies does not arrive any more. */
  readonly diesWithProcess: boolean;
};

const SLOW_MS = [5_000, 60_000] as const;
const PAUSE_MS = [1_000, 90_000] as const;

/**
 * A process that may die, or be stopped for a while, at each of its calls and waits. What it has
 * sent happens all the same; what it would have heard, it never hears.
 */
export class EngineProcess {
  readonly name: string;
  readonly #world: Surroundings;
  #alive = true;
  #pausedUntil = 0;

  constructor(name: string, world: Surroundings) {
    this.name = name;
    this.#world = world;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stopped(): boolean {
    return this.#alive && this.#pausedUntil > this.#world.scheduler.now();
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#world.event(() => `${this.name} dies`);
    this.#world.died();
  }

  /** The world has ended. */
  forget(): void {
    this.#alive = false;
  }

  /** Its own clock: for waiting only. */
  clock(): Clock {
    return {
      now: () => this.#world.scheduler.now(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  /** A port whose every call goes over a wire that delays and loses. */
  port<Port extends object>(port: () => Port, wire: Wire): Port {
    return new Proxy({} as Port, {
      get: (_, method) => {
        // Asked of everything that is awaited.
        if (method === 'then' || typeof method === 'symbol') return undefined;
        // A port within the port.
        if (method === 'files')
          return this.port(() => (port() as Pick<Driver, 'files'>).files, wire);
        return (...args: unknown[]) => {
          return new Promise((resolve, reject) => {
            const call = { port, method, args, wire, resolve, reject };
            this.#send(call);
          });
        };
      },
    });
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      this.#world.scheduler.after(ms, () => this.deliver(() => resolve()));
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #send(call: Call<object>): void {
    const { chance, scheduler } = this.#world;
    if (!this.#alive || this.#strikes()) return;
    const lost = chance.is(this.#world.faults().lost);
    const { createsOnTheWay } = this.#world;
    const creates = call.method === 'create' ? 1 : 0;
    createsOnTheWay.count += creates;
    scheduler.after(this.#latencyMs(call.wire), () => {
      createsOnTheWay.count -= creates;
      if (!this.#alive && call.wire.diesWithProcess) return undefined;
      return lost ? this.#fail(call, 'lost') : this.#arrive(call);
    });
  }

  async #arrive(call: Call<object>): Promise<void> {
    const { chance } = this.#world;
    const { method, args, wire } = call;
    const port = call.port() as Record<string, (...args: unknown[]) => Promise<unknown>>;
    try {
      const result = await port[method]!(...args);
      this.#world.event(
        () => `${this.name} ${wire.name}.${method}(${told(args)}) → ${told(result)}`,
      );
      if (chance.is(this.#world.faults().replyLost)) return this.#fail(call, 'reply lost');
      this.#reply(wire, () => call.resolve(result));
    } catch (error) {
      this.#world.event(() => `${this.name} ${wire.name}.${method}(${told(args)}) ✗ ${error}`);
      this.#reply(wire, () => call.reject(error));
    }
  }

  #fail({ wire, method, args, reject }: Call<object>, why: string): void {
    this.#world.event(() => `${this.name} ${wire.name}.${method}(${told(args)}) ✗ ${why}`);
    this.#reply(wire, () => reject(new KedgeError(wire.lostCode, `${method}: ${why}`)));
  }

  #reply(wire: Wire, hear: () => void): void {
    this.#world.scheduler.after(this.#latencyMs(wire), () => {
      if (this.#alive && !this.#strikes()) this.deliver(hear);
    });
  }

  /** To a process that lives and is awake; one that is stopped hears it when it goes on. */
  deliver(hear: () => void): void {
    if (!this.#alive) return;
    const leftMs = this.#pausedUntil - this.#world.scheduler.now();
    if (leftMs > 0) this.#world.scheduler.after(leftMs, () => this.deliver(hear));
    else hear();
  }

  /** Whether the process dies here; it may also be stopped for a while. */
  #strikes(): boolean {
    const { chance, faults, scheduler } = this.#world;
    if (chance.is(faults().pause)) {
      const ms = Math.round(chance.between(...PAUSE_MS));
      this.#pausedUntil = Math.max(this.#pausedUntil, scheduler.now() + ms);
      this.#world.event(() => `${this.name} is stopped for ${ms} ms`);
    }
    if (chance.is(faults().crash)) this.kill();
    return !this.#alive;
  }

  #latencyMs({ latencyMs }: Wire): number {
    const { chance, faults } = this.#world;
    return chance.between(...(chance.is(faults().slow) ? SLOW_MS : latencyMs));
  }
}

type Call<Port> = {
  readonly port: () => Port;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly wire: Wire;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

const TOLD_CHARS_MAX = 400;

function told(value: unknown): string {
  return (JSON.stringify(value) ?? '').slice(0, TOLD_CHARS_MAX);
}
