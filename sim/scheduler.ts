import { assert } from '../src/base/assert.ts';
import { asEpochMs, type EpochMs } from '../src/base/time.ts';

type Act = () => void | Promise<void>;
type Entry = { readonly at: number; readonly order: number; readonly act: Act };

/**
 * Virtual time: one thing happens after another, in the order of their moments. Whatever follows
 * from it without waiting (all promises that can settle) has happened before the next.
 */
export class Scheduler {
  #now: number;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(start: EpochMs) {
    this.#now = start;
  }

  now(): EpochMs {
    return asEpochMs(this.#now);
  }

  after(ms: number, act: Act): void {
    this.#push({ at: this.#now + Math.max(0, Math.round(ms)), order: this.#order++, act });
  }

  /** The next thing happens, with all that follows from it at once. */
  async step(): Promise<void> {
    const next = this.#pop();
    assert(next !== undefined, 'a world in which engines live never runs out of things to happen');
    this.#now = next.at;
    let done = false;
    void Promise.resolve(next.act()).finally(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert(done, 'something waited for real time, which a simulated world has none of');
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
