import { KedgeError } from '../src/base/errors.ts';
import type { Driver, Observation } from '../src/ports/driver.ts';
import type { Claim, Store } from '../src/ports/store.ts';
import { over } from './over.ts';

/** A bug put into a world on purpose: around its store or its driver, never in the product. */
export type Plant = {
  readonly store: (store: Store) => Store;
  readonly driver: (driver: Driver) => Driver;
};

const untouched: Plant = { store: (store) => store, driver: (driver) => driver };

/** By the names that `--plant` takes. The simulator has to find each of them. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  none: untouched,
  'missing-fence': { ...untouched, store: withoutFence },
  'relaunch-on-unknown': { ...untouched, driver: takingUnknownForLost },
  'closed-too-early': { ...untouched, driver: believingStops },
  'forgotten-token': { ...untouched, driver: forgettingTokens },
  'no-collector': { ...untouched, driver: listingNothing },
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
