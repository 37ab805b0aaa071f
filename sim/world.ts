import type { DatabaseSync } from 'node:sqlite';
import { type SteadyTime, steadyTime } from '../src/adapters/clock/steady-time.ts';
import { openDatabase } from '../src/adapters/stores/sqlite/open-database.ts';
import { storeOnDatabase } from '../src/adapters/stores/sqlite/sqlite-store.ts';
import { KedgeError } from '../src/base/errors.ts';
import { seededRandom } from '../src/base/rng.ts';
import { asEpochMs, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/base/time.ts';
import { foldRun } from '../src/core/monitor/fold-run.ts';
import { SWEEP_MS } from '../src/engine/collect-orphans.ts';
import { type Engine, type EngineProblem, startEngine } from '../src/engine/engine.ts';
import type { NodeRef } from '../src/ports/driver.ts';
import type { Store } from '../src/ports/store.ts';
import { Chance } from './chance.ts';
import { EngineProcess, type Surroundings } from './engine-process.ts';
import { calmed, drawFaults, type Faults } from './faults.ts';
import { judge, mostAtOnce } from './judge.ts';
import { Places } from './places.ts';
import { PLANTS, type Plant } from './plants.ts';
import { PoisonError, Poisoned } from './poison.ts';
import { FOREVER } from './provider.ts';
import { Scheduler } from './scheduler.ts';
import { drawErrands, type Errand, moveOf, readLines } from './user.ts';
import { Witness } from './witness.ts';

export type WorldOptions = {
  readonly seed: number;
  /** A name of PLANTS. */
  readonly plant?: string;
  /** Reads along: one line for each thing that happens. */
  readonly trace?: (line: string) => void;
};

export type WorldResult = {
  readonly seed: number;
  /** Calls that arrived, and deaths, stops and words of users. */
  readonly events: number;
  readonly breaks: readonly string[];
};

const START = asEpochMs(1_800_000_000_000);
const EVENTS_MIN = 300;
/** Everything that a user will do has begun by then. */
const FAULTY_MS_MIN = 20 * SECOND_MS;
/** Backoffs, graces and lags of the worst case fit into it several times. */
const QUIET_MS_MAX = 30 * MINUTE_MS;
const LAG_MS_MAX = 30 * SECOND_MS;
/** Listed late, suspected in one sweep, stopped in the next, ended after the grace. */
const TWO_SWEEPS_MS = LAG_MS_MAX + 3 * SWEEP_MS + 15 * SECOND_MS;
const FOREIGN_RUN = 'run_foreign';
const DRIVER_WIRE = {
  latencyMs: [20, 500],
  lostCode: 'driver.no-reply',
  diesWithProcess: false,
} as const;

/** Lives one world through, from its first launch to its judgement. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const world = new World(options);
  try {
    await world.open();
    await world.live();
    return await world.end();
  } finally {
    world.close();
  }
}

class World {
  readonly #seed: number;
  readonly #plant: Plant;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #scheduler = new Scheduler(START);
  readonly #chance: Chance;
  readonly #drawn: Faults;
  readonly #quiet: Faults;
  readonly #places: Places;
  readonly #witness: Witness;
  readonly #errands: readonly Errand[];
  readonly #createsOnTheWay = { count: 0 };
  readonly #processes: { readonly process: EngineProcess; readonly engine: Engine }[] = [];
  readonly #breaks: string[] = [];
  readonly #database: DatabaseSync = openDatabase(':memory:');
  #store: Store | undefined;
  readonly #poisoned: Poisoned | null;
  /** Our own time of day against the time that passes. */
  #wallOffMs = 0;
  #isQuiet = true;
  #errandsLeft = 0;
  #events = 0;

  constructor({ seed, plant = 'none', trace }: WorldOptions) {
    this.#seed = seed;
    this.#plant = PLANTS[plant]!;
    this.#trace = trace;
    this.#chance = new Chance(seed, 'world');
    this.#drawn = drawFaults(seed);
    this.#quiet = calmed(this.#drawn);
    const faults = (): Faults => this.#faults();
    this.#places = new Places({ seed, scheduler: this.#scheduler, faults });
    this.#witness = new Witness(this.#places, () => this.#scheduler.now());
    this.#errands = drawErrands(seed, this.#drawn);
    const { poison } = this.#drawn;
    const chance = new Chance(seed, 'poison');
    this.#poisoned = poison && new Poisoned(this.#errands[0]!.key.runId, { poison, chance });
  }

  async open(): Promise<void> {
    await this.#openStore();
    // Machines of somebody else, and one whose run our store has lost.
    await this.#buy(FOREIGN_RUN, 'inst_somebody_else');
    await this.#buy('run_lost', await this.#store!.installationId());
    for (let engine = 1; engine <= this.#drawn.engines; engine++) this.#start(`engine-${engine}`);
    for (const errand of this.#errands) this.#sendUser(errand);
    this.#setClocks();
  }

  /** A time of faults, then quiet until nothing is left to do. */
  async live(): Promise<void> {
    this.#isQuiet = false;
    const quietFrom = START + FAULTY_MS_MIN;
    while (this.#scheduler.now() < quietFrom || this.#events < EVENTS_MIN) {
      await this.#scheduler.step();
    }
    this.#isQuiet = true;
    this.#event(() => 'all goes quiet');
    const until = this.#scheduler.now() + QUIET_MS_MAX;
    let restingSince: number | null = null;
    for (;;) {
      const now = this.#scheduler.now();
      const isLate = now > until;
      if (!(await this.#hasSettled())) restingSince = null;
      else if ((await this.#liveMachines()).length === 0) return;
      else restingSince ??= now;
      if (isLate || (restingSince !== null && now - restingSince > TWO_SWEEPS_MS)) return;
      while (this.#scheduler.now() < now + SECOND_MS) await this.#scheduler.step();
    }
  }

  async end(): Promise<WorldResult> {
    const leaked = await this.#liveMachines();
    const { home } = this.#places;
    const touched = home.ledger.entries.some(({ event, ref }) => {
      return event === 'stopped' && ref.runId === FOREIGN_RUN;
    });
    const poisonedRunId = this.#poisoned?.runId ?? null;
    const { acked } = this.#witness;
    const world = { errands: this.#errands, acked, places: this.#places, poisonedRunId };
    const atHome = home.ledger.machines();
    const handedOut = atHome.filter(({ ref }) =>
      this.#errands.some((one) => one.key.runId === ref.runId),
    );
    const now = this.#scheduler.now();
    const breaks = [
      ...this.#breaks,
      ...this.#witness.breaks,
      ...leaked.map(({ token }) => `${token} is leaked`),
      ...this.#places.doubled().map((name) => `${name} was bought twice`),
      ...(touched ? ['a machine of somebody else was stopped'] : []),
      ...(mostAtOnce(atHome) > this.#drawn.capacity ? ['more machines than there are'] : []),
      ...(mostAtOnce(handedOut) > (this.#drawn.pool ?? Infinity)
        ? ['more than its owner has']
        : []),
      ...(await judge({ ...world, store: this.#store!, now })),
    ];
    for (const one of breaks) this.#event(() => `BREAK ${one}`);
    return { seed: this.#seed, events: this.#events, breaks };
  }

  close(): void {
    for (const { process } of this.#processes) process.forget();
    this.#database.close();
  }

  #faults(): Faults {
    return this.#isQuiet ? this.#quiet : this.#drawn;
  }

  #event(line: () => string): void {
    this.#events++;
    if (this.#trace === undefined) return;
    const at = ((this.#scheduler.now() - START) / SECOND_MS).toFixed(3);
    this.#trace(`${at.padStart(9)} ${line()}`);
  }

  async #openStore(): Promise<void> {
    const store = await storeOnDatabase(this.#database, {
      file: ':memory:',
      ...this.#plant.time(this.#time()),
      random: seededRandom(this.#seed),
      fold: foldRun,
    });
    this.#store = this.#witness.watch(this.#plant.store(store));
    this.#witness.reopened();
  }

  /** As a process has it that starts now. */
  #time(): { readonly wall: () => EpochMs } & SteadyTime {
    const wall = (): EpochMs => asEpochMs(this.#scheduler.now() + this.#wallOffMs);
    const awake = (): number => this.#scheduler.now();
    return { wall, ...steadyTime({ wall, awake, uptime: awake }) };
  }

  /** Somebody sets the time of day, a few times, also when all else is quiet. */
  #setClocks(): void {
    for (let jump = 0; jump < this.#drawn.clockJumps; jump++) {
      const ms = this.#chance.int(-HOUR_MS, HOUR_MS);
      this.#scheduler.after(this.#chance.between(0, 2 * MINUTE_MS), () => {
        this.#wallOffMs = ms;
        this.#event(() => `the time of day is set, and is now wrong by ${ms} ms`);
      });
    }
  }

  async #buy(runId: string, installationId: string): Promise<void> {
    const ref = { tenantId: 'default', runId, allocation: 0, attempt: 1, rank: 0, token: runId };
    const nothing = { offerId: 'fake', setup: null, envs: {}, workdir: null, fileMounts: {} };
    const spec = { ref, installationId, run: FOREVER, checkpoint: null, ...nothing };
    await this.#places.home.driver.create(spec);
  }

  #start(name: string): void {
    const process = new EngineProcess(
      name,
      this.#surroundings(() => this.#restart(name)),
    );
    const engine = startEngine({
      store: process.port(() => this.#store!, {
        name: 'store',
        latencyMs: [1, 5],
        lostCode: 'state.disk-error',
        // The embedded store lives in the process; of several engines' one it is a server.
        diesWithProcess: this.#drawn.engines === 1,
      }),
      drivers: new Map(
        [...this.#places.providers].map(([place, { driver }]) => {
          const sound = this.#plant.driver(driver);
          const own = this.#poisoned?.driver(sound, () => process.kill()) ?? sound;
          return [place, process.port(() => own, { ...DRIVER_WIRE, name: place })];
        }),
      ),
      secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
      readTasks: (text) => this.#poisoned?.readTasks(text, readLines) ?? readLines(text),
      clock: process.clock(),
      report: (problem) => this.#report(name, problem),
    });
    this.#processes.push({ process, engine });
  }

  #restart(name: string): void {
    const ms = this.#chance.between(100, 20 * SECOND_MS);
    this.#scheduler.after(ms, async () => {
      this.#event(() => `${name} starts again`);
      if (this.#drawn.engines === 1) await this.#openStore();
      this.#start(name);
    });
  }

  #surroundings(died: () => void): Surroundings {
    return {
      scheduler: this.#scheduler,
      chance: this.#chance,
      faults: () => this.#faults(),
      event: (line) => this.#event(line),
      died,
      createsOnTheWay: this.#createsOnTheWay,
    };
  }

  /** A bug of ours is a break wherever it shows; what the world does to us is not. */
  #report(name: string, { runId, error }: EngineProblem): void {
    this.#event(() => `${name} reports of ${runId}: ${error}`);
    if (error instanceof KedgeError) return;
    // The sweep for orphans looks at all nodes at once.
    if (error instanceof PoisonError && (runId ?? this.#poisoned?.runId) === this.#poisoned?.runId)
      return;
    this.#breaks.push(`${name} failed by a bug: ${error}`);
  }

  #sendUser(errand: Errand): void {
    const { key, request, launchAfterMs, stopAfterMs, moveAfterMs } = errand;
    const user = new EngineProcess('user', {
      ...this.#surroundings(() => {}),
      faults: () => ({ ...this.#faults(), crash: 0, pause: 0 }),
    });
    const store = user.port(() => this.#store!, {
      name: 'store',
      latencyMs: [1, 50],
      lostCode: 'state.disk-error',
      diesWithProcess: false,
    });
    const created = { type: 'run.created' as const, data: { name: key.runId } };
    const stop = { type: 'run.stop-requested' as const, data: {} };
    for (let rank = 0; rank < request.plan.allocations[0]!.count; rank++) {
      this.#places.writeCheckpoint({ ...key, allocation: 0, attempt: 1, rank, token: '' });
    }
    this.#errandsLeft++;
    const live = async (): Promise<void> => {
      const clock = user.clock();
      await clock.sleep(launchAfterMs);
      await this.#insist(user, () => store.createRun(key, request, [created]));
      if (moveAfterMs !== null) {
        await clock.sleep(moveAfterMs);
        await this.#insist(user, () => store.append(key, 'user', [moveOf(errand)]));
      }
      if (stopAfterMs !== null) {
        await clock.sleep(stopAfterMs);
        await this.#insist(user, () => store.append(key, 'user', [stop]));
      }
      this.#errandsLeft--;
    };
    void live();
  }

  /** Users ask again until they are heard. */
  async #insist(user: EngineProcess, ask: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await ask();
        for (const { process, engine } of this.#processes) process.deliver(() => engine.nudge());
        return;
      } catch (error) {
        if (!(error instanceof KedgeError)) throw error;
        // Too late to be moved.
        if (error.code === 'state.illegal-transition') return;
        await user.clock().sleep(SECOND_MS);
      }
    }
  }

  async #hasSettled(): Promise<boolean> {
    if (this.#errandsLeft > 0 || this.#createsOnTheWay.count > 0) return false;
    if (this.#processes.some(({ process }) => process.stopped)) return false;
    return (await this.#store!.countActive()) === 0;
  }

  /** Of ours, as the provider knows them. */
  async #liveMachines(): Promise<readonly NodeRef[]> {
    return (await this.#places.live()).filter(({ runId }) => runId !== FOREIGN_RUN);
  }
}
