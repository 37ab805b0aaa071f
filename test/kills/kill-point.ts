import type { Random } from '../../src/base/rng.ts';

/** Between which two things a server dies: about the call of a method of one of its parts. */
export type KillPoint = {
  /** `store.writeIntent`, `local.create`. */
  readonly call: string;
  /** Before it is made, at any moment while it is under way, after it and before its use. */
  readonly when: 'before' | 'during' | 'after';
};

/** To die at the n-th call of a point; `delayBoots` is how far into it, in starts of a server. */
export type KillOrder = KillPoint & { readonly nth: number; readonly delayBoots: number };

/** The same as a server is told it. */
export type TimedOrder = KillOrder & { readonly delayMs: number };

/** What a server says on stdout when it listens. */
export const READY = 'ready\n';

const MOMENTS = ['before', 'during', 'after'] as const;
/** As long as a create takes, which starts a process of its own. */
const DURING_BOOTS_MAX = 0.4;

/** The most calls to let pass: a server that has just started makes so many of them soon. */
const CALLS: Readonly<Record<string, number>> = {
  'store.createRun': 2,
  'store.readRun': 12,
  'store.claimDue': 12,
  'store.renew': 3,
  'store.release': 6,
  'store.writeIntent': 4,
  'store.writeOutcome': 4,
  'store.append': 1,
  'store.place': 1,
  'store.wakeWaiting': 2,
  'store.writeSamples': 1,
  'local.create': 2,
  'local.observe': 6,
  'local.stop': 2,
  'local.list': 2,
  'local.readLog': 2,
  'local.capacity': 1,
  'local.sample': 1,
  'fake.create': 2,
  'fake.observe': 6,
  'fake.stop': 2,
  'fake.list': 2,
  'secrets.put': 1,
  'secrets.get': 3,
  'secrets.remove': 2,
  'bundles.put': 1,
  'bundles.putBlob': 1,
  'bundles.pin': 1,
  'bundles.unpin': 1,
  'bundles.sweep': 1,
  'bundles.sourcesOf': 1,
};
const DOCKER_CALLS: Readonly<Record<string, number>> = {
  'docker.create': 1,
  'docker.observe': 4,
  'docker.stop': 1,
  'docker.list': 2,
};

/**
 * Every point once, by chance, but each call once before any is met again: as few kills as there
 * are calls meet all of them.
 */
export function drawOrders(random: Random, { docker }: { readonly docker: boolean }): KillOrder[] {
  const calls = Object.entries(docker ? { ...CALLS, ...DOCKER_CALLS } : CALLS).map(
    ([call, most]) => ({ call, most, moments: shuffled(MOMENTS, random) }),
  );
  return MOMENTS.flatMap((_, round) =>
    shuffled(calls, random).map(({ call, most, moments }) => ({
      call,
      when: moments[round]!,
      nth: 1 + Math.floor(random() * most),
      delayBoots: random() * DURING_BOOTS_MAX,
    })),
  );
}

export function nameOf({ call, when }: KillPoint): string {
  return `${call}:${when}`;
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}
