import type { Step } from '../core/launch/attempt-steps.ts';
import type { LaunchView } from '../core/launch/launch-view.ts';
import { decidePlace } from '../core/queue/decide-place.ts';
import { placeRequest, poolOf } from '../core/queue/place-request.ts';
import type { Driver } from '../ports/driver.ts';
import type { Claim, RunRequest, Store } from '../ports/store.ts';
import type { Placed, Placing } from '../ports/store-queue.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import { driverOf } from './driver-of.ts';
import { poolsOf } from './pools.ts';

/** Hears of what may let others start, or has to wait. */
export type LineNews = {
  readonly waits: () => void;
  readonly freed: () => void;
};

type Parts = {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly lines?: LineNews;
};

type Intent = {
  readonly claim: Claim;
  readonly request: RunRequest;
  readonly view: LaunchView;
  readonly step: Step;
};

/** Writes what a step intends; an attempt at a place of one's own only if there is room for it. */
export async function writeStep(parts: Parts, intent: Intent): Promise<Placed> {
  const { claim, step } = intent;
  const placing = await placingOf(parts, intent);
  if (placing !== null) {
    const placed = await parts.store.place(claim, placing);
    if (!placed.placed) parts.lines?.waits();
    return placed;
  }
  const run = await parts.store.writeIntent(claim, step.intent);
  if (step.intent.some(({ type }) => type === 'attempt.ended')) parts.lines?.freed();
  return { run, placed: true };
}

/** Null for a step that takes no room. */
async function placingOf(
  { drivers }: Parts,
  { request, view, step }: Intent,
): Promise<Placing | null> {
  const created = step.intent.find((event) => event.type === 'attempt.created');
  if (created === undefined) return null;
  const { plan } = request;
  const line = lineOf(view.run, plan, created.data);
  if (line.reserves === null) return null;
  const capacity = poolOf(line, await poolsOf(driverOf(drivers, line.provider)));
  if (capacity === null) return null;
  const asked = { line, plan, priority: request.priority ?? 0, capacity };
  const wanted = placeRequest(created.data, asked);
  return wanted && { request: wanted, intent: step.intent, decide: decidePlace(capacity) };
}
