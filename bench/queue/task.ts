import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { planTasks } from '../../src/app/plan.ts';
import { unreachable } from '../../src/base/assert.ts';
import { rateFromUsd } from '../../src/base/money.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import type { LaunchRequest } from '../../src/spec/api.ts';
import type { Offer } from '../../src/spec/offer.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';

export const POOL = 'machine:bench';

/** What is launched ten thousand times: one vCPU, for an hour as its plan says. */
const TEXT = `name: queued
resources: {cpus: 1}
work: {hours: 1}
setup: pip install -r requirements.txt
run: |
  python train.py --seed $SEED --lasts $LASTS_MS
`;

const OFFER: Offer = {
  id: 'fake',
  place: 'fake',
  provider: 'fake',
  region: null,
  zone: null,
  instance: null,
  accelerator: null,
  acceleratorCount: 0,
  acceleratorMemoryGib: null,
  vcpus: 64,
  memoryGib: 256,
  spot: false,
  nanosPerHour: rateFromUsd(0.1),
  available: null,
  billingIncrementS: 1,
  billingMinimumS: 0,
  estimated: true,
  launchable: true,
  source: 'bench',
  asOf: '2026-01-01',
  pool: { id: POOL, takes: 'stated' },
};

/** A request as `kedge up` makes it, over the whole catalog, with all that a plan tells. */
export async function launchRequest(): Promise<LaunchRequest> {
  const file = readTasks(TEXT, { file: 'task.yaml' });
  const offers = [OFFER, ...offersFrom(await bundledFeed().load())];
  const solver = async () => unreachable('one task needs no solver' as never);
  const plan = await planTasks({ file, offers, launchableOnly: true, solver });
  const named = { name: 'queued', taskText: TEXT, baseDir: '/', bundleId: null };
  return { ...named, envs: {}, secrets: {}, plan };
}
