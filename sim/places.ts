import type { BoughtMachine } from '../src/adapters/drivers/fake/ledger.ts';
import type { NodeRef } from '../src/ports/driver.ts';
import type { Faults } from './faults.ts';
import { makeProvider, type Provider } from './provider.ts';
import type { Scheduler } from './scheduler.ts';

/** Where plans place runs, and where users move some of them. */
export const HOME = 'fake';
export const ELSEWHERE = 'elsewhere';

/** All providers of one world, each with a book of its own. */
export class Places {
  readonly providers: ReadonlyMap<string, Provider>;

  constructor(world: {
    readonly seed: number;
    readonly scheduler: Scheduler;
    readonly faults: () => Faults;
  }) {
    const { seed } = world;
    this.providers = new Map([
      [HOME, makeProvider({ ...world, pool: world.faults().pool })],
      [ELSEWHERE, makeProvider({ ...world, seed: seed + 0.5, pool: null })],
    ]);
  }

  get home(): Provider {
    return this.providers.get(HOME)!;
  }

  machines(): readonly BoughtMachine[] {
    return [...this.providers.values()].flatMap(({ ledger }) => ledger.machines());
  }

  /** What lives now, as the providers know it. */
  async live(): Promise<readonly NodeRef[]> {
    for (const { settle } of this.providers.values()) await settle();
    return [...this.providers.values()].flatMap(({ ledger }) => ledger.live());
  }

  /** Nodes that were bought twice at one place, or at two. */
  doubled(): readonly string[] {
    const [home, other] = [...this.providers.values()].map(({ ledger }) => ledger);
    const bought = new Set(home!.machines().map(({ ref }) => ref.token));
    const both = other!.machines().filter(({ ref }) => bought.has(ref.token));
    return [...home!.doubled(), ...other!.doubled(), ...both.map(({ ref }) => ref.token)];
  }

  /** Places at which the checkpoint of a node lies whole. */
  async keepersOf(ref: NodeRef): Promise<readonly string[]> {
    const keepers: string[] = [];
    for (const [name, { files }] of this.providers) {
      const found = await files.list(ref, 'checkpoint');
      if (found.some(({ path }) => path === CHECKPOINT_PATH)) keepers.push(name);
    }
    return keepers;
  }

  /** As if the task had written it at home. */
  writeCheckpoint(ref: NodeRef): void {
    this.home.files.put(ref, 'checkpoint', CHECKPOINT_PATH, CHECKPOINT);
  }
}

const CHECKPOINT_PATH = 'step-1/weights';
const CHECKPOINT = new TextEncoder().encode('the weights of the first step');
