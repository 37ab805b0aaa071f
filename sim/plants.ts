import type { SteadyTime } from '../src/adapters/clock/steady-time.ts';
import { KedgeError } from '../src/base/errors.ts';
import type { EpochMs } from '../src/base/time.ts';
import type { Driver, Observation } from '../src/ports/driver.ts';
import type { Claim, Store } from '../src/ports/store.ts';
import { over } from './over.ts';

/** A bug put into a world on purpose: around its store or its driver, never in the product. */
export type Plant = {
  readonly store: (store: Store) => Store;
  readonly driver: (driver: Driver) => Driver;
  /** What the store takes for the time, of the time of day and the steady one. */
  readonly time: (time: OwnTime) => OwnTime;
};

type OwnTime = SteadyTime & { readonly wall: () => EpochMs };

const untouched: Plant = {
  store: (store) => store,
  driver: (driver) => driver,
  time: (time) => time,
};

/** By the names that `--plant` takes. The simulator has to find each of them. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  none: untouched,
  'missing-fence': { ...untouched, store: withoutFence },
  'relaunch-on-unknown': { ...untouched, driver: takingUnknownForLost },
  'closed-too-early': { ...untouched, driver: believingStops },
  'forgotten-token': { ...untouched, driver: forgettingTokens },
  'no-collector': { ...untouched, driver: listingNothing },
  'settable-leases': {
    ...untouched,
    time: ({ wall, notBefore }) => ({ wall, notBefore, now: wall }),
  },
  'absence-is-no-end': { ...untouched, driver: takingAbsentForUnknown },
  'absence-is-the-end': { ...untouched, driver: takingAbsentForLost },
  'reserved-by-nobody': { ...untouched, store: placingAll },
  'line-is-never-looked-at': { ...untouched, store: wakingNobody },
  'no-quarantine': { ...untouched, store: countingNoStrikes },
  'strikes-for-ever': { ...untouched, store: forgivingNoStrikes },
  'budget-unheard': { ...untouched, store: deafToBudgets },
  'copy-unwritten': { ...untouched, driver: losingCopies },
};

/** A store that takes writes under stale tokens. */
function withoutFence(store: Store): Store {
  const unfenced =
    <Args extends readonly unknown[], Result>(
      write: (claim: Claim, ...args: Args) => Promise<Result>,
      force: (claim: Claim, ...args: Args) => Promise<Result>,
    ) =>
    async (claim: Claim, ...args: Args): Promise<Result> => {
      try {
        return await write(claim, ...args);
      } catch (error) {
        if (error instanceof KedgeError && error.code === 'state.stale-lease') {
          return force(claim, ...args);
        }
        throw error;
      }
    };
  const append: Store['writeIntent'] = (claim, events) => store.append(claim, 'engine', events);
  return over(store, {
    renew: unfenced(
      (claim, ms: number) => store.renew(claim, ms),
      async (claim) => claim,
    ),
    writeIntent: unfenced((claim, events) => store.writeIntent(claim, events), append),
    writeOutcome: unfenced((claim, events) => store.writeOutcome(claim, events), append),
  });
}

/** A driver that says "lost" of a node it cannot see. */
function takingUnknownForLost(driver: Driver): Driver {
  return over(driver, {
    observe: async (refs) =>
      (await driver.observe(refs)).map((seen): Observation => {
        if (seen.state !== 'unknown') return seen;
        const { reason } = seen;
        const end = { exitCode: null, startedAt: null, endedAt: 0 as never, reason };
        return { state: 'ended', how: 'lost', ...end };
      }),
  });
}

/** A driver that takes a stop that was asked for for a stop that was done. */
function believingStops(driver: Driver): Driver {
  const asked = new Set<string>();
  return over(driver, {
    stop: async (ref, options) => {
      await driver.stop(ref, options);
      asked.add(ref.token);
    },
    observe: async (refs) =>
      (await driver.observe(refs)).map((seen, index): Observation => {
        if (!asked.has(refs[index]!.token) || seen.state !== 'running') return seen;
        const { startedAt } = seen;
        const end = { exitCode: null, startedAt, endedAt: startedAt, reason: 'stopped' };
        return { state: 'ended', how: 'stopped', ...end };
      }),
  });
}

/** A driver that gives every create a token of its own. */
function forgettingTokens(driver: Driver): Driver {
  let call = 0;
  return over(driver, {
    create: async (spec) => {
      const { ref } = spec;
      const [seen] = await driver.observe([ref]);
      const token = seen?.state === 'absent' && call++ > 0 ? `${ref.token}-${call}` : ref.token;
      return driver.create({ ...spec, ref: { ...ref, token } });
    },
  });
}

/** A driver that hides from the orphan collector what there is. */
function listingNothing(driver: Driver): Driver {
  return over(driver, { list: async () => [] });
}

/** A driver for which nothing that it has seen to run can ever be gone. */
function takingAbsentForUnknown(driver: Driver): Driver {
  return afterRunning(driver, { state: 'unknown', reason: 'not listed' });
}

/** A driver that takes what is not listed for lost at once. */
function takingAbsentForLost(driver: Driver): Driver {
  const end = { exitCode: null, startedAt: null, endedAt: 0 as never, reason: 'not listed' };
  return afterRunning(driver, { state: 'ended', how: 'lost', ...end });
}

/** A driver that shows this in place of the absence of what it has shown to run. */
function afterRunning(driver: Driver, shown: Observation): Driver {
  const ran = new Set<string>();
  return over(driver, {
    observe: async (refs) =>
      (await driver.observe(refs)).map((seen, index): Observation => {
        const { token } = refs[index]!;
        if (seen.state === 'running') ran.add(token);
        return seen.state === 'absent' && ran.has(token) ? shown : seen;
      }),
  });
}

/** A store that does not count how often a run was not given back. */
function countingNoStrikes(store: Store): Store {
  return over(store, {
    claimDue: async (options) =>
      (await store.claimDue(options)).map((claim) => ({ ...claim, strikes: 1 })),
  });
}

/** A store that counts every claim as one that was not given back. */
function forgivingNoStrikes(store: Store): Store {
  return over(store, {
    release: (claim, nextAt) => store.release(claim, nextAt, claim.strikes),
  });
}

/** A store that reserves nothing: whoever asks is placed. */
function placingAll(store: Store): Store {
  return over(store, {
    place: async (claim, { intent }) => {
      return { run: await store.writeIntent(claim, intent), placed: true };
    },
  });
}

/** A store in which nobody hears of room that was given back. */
function wakingNobody(store: Store): Store {
  return over(store, { wakeWaiting: async () => false });
}

/** A store that does not write down that the engine wants a run to stop. */
function deafToBudgets(store: Store): Store {
  return over(store, {
    writeIntent: (claim, events) =>
      store.writeIntent(
        claim,
        events.filter(({ type }) => type !== 'run.stop-requested'),
      ),
  });
}

/** A driver that has taken a checkpoint whole, as it says, and keeps nothing of it. */
function losingCopies(driver: Driver): Driver {
  return over(driver, {
    files: over(driver.files, {
      commitTransfer: async (ref, transferId) => {
        await driver.files.commitTransfer(ref, transferId);
        await driver.files.dropCheckpoint(ref);
      },
    }),
  });
}
