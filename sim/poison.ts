import type { Driver } from '../src/ports/driver.ts';
import type { TaskFile } from '../src/spec/task.ts';
import type { Chance } from './chance.ts';
import { over } from './over.ts';

/**
 * What is wrong with the poisoned run of a world: its task cannot be read any more; from some look
 * on the driver fails by a bug on its gang; or on the create of one node; or that create is the
 * server's death.
 */
export const POISONS = ['task', 'look', 'create', 'death'] as const;
export type Poison = (typeof POISONS)[number];

/** A bug that was put there: to be reported, and no break. */
export class PoisonError extends Error {}

const LOOKS_MAX = 8;

/** The one run of a world that fails every engine that looks at it. */
export class Poisoned {
  readonly runId: string;
  readonly #poison: Poison;
  /** Of a gang some nodes are hired before. */
  readonly #rank: number;
  #looksLeft: number;

  constructor(runId: string, { poison, chance }: { poison: Poison; chance: Chance }) {
    this.runId = runId;
    this.#poison = poison;
    this.#rank = chance.int(0, 1);
    this.#looksLeft = chance.int(0, LOOKS_MAX);
  }

  /** Errors: `PoisonError`, for its own task. */
  readTasks(text: string, read: (text: string) => TaskFile): TaskFile {
    const isOwn = text.startsWith(`${this.runId} `);
    if (isOwn && this.#poison === 'task') throw new PoisonError('no such task');
    return read(text);
  }

  /** The driver as the process has it that `kill` ends. */
  driver(driver: Driver, kill: () => void): Driver {
    if (this.#poison === 'task') return driver;
    return over(driver, {
      observe: async (refs) => {
        const isOwn = refs.length > 1 && refs[0]?.runId === this.runId;
        if (isOwn && this.#poison === 'look' && this.#looksLeft-- <= 0) {
          throw new PoisonError('no such gang');
        }
        return driver.observe(refs);
      },
      create: async (spec) => {
        const isOwn = spec.ref.runId === this.runId && spec.ref.rank === this.#rank;
        if (!isOwn || this.#poison === 'look') return driver.create(spec);
        if (this.#poison === 'create') throw new PoisonError('no such machine');
        kill();
      },
    });
  }
}
