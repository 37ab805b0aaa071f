import { writeSync } from 'node:fs';
import { nameOf, type TimedOrder } from './kill-point.ts';

/** Makes this process kill itself at the point of its order, having said so on stdout. */
export class Trigger {
  readonly #order: TimedOrder | null;
  #calls = 0;

  constructor(order: TimedOrder | null) {
    this.#order = order;
  }

  /** The same part; every call of its methods may be the last. */
  arm<Part extends object>(name: string, part: Part): Part {
    return new Proxy(part, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown =>
          this.#around(`${name}.${String(key)}`, () => value.apply(target, args));
      },
    });
  }

  #around(call: string, work: () => unknown): unknown {
    if (this.#order?.call !== call || ++this.#calls !== this.#order.nth) return work();
    return this.#dieAround(this.#order, work);
  }

  async #dieAround(order: TimedOrder, work: () => unknown): Promise<unknown> {
    if (order.when === 'before') return die(order);
    if (order.when === 'during') setTimeout(() => die(order), order.delayMs);
    try {
      await work();
    } finally {
      die(order);
    }
    return undefined;
  }
}

/** No handler, no flush, no finally: as `kill -9` does it, since it is one. */
function die(order: TimedOrder): never {
  writeSync(1, `killed ${nameOf(order)}\n`);
  process.kill(process.pid, 'SIGKILL');
  // A signal to oneself is delivered before kill(2) returns; should it not be, nothing goes on.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
