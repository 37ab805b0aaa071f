import { resolve } from 'node:path';
import { assert } from '../base/assert.ts';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs, type EpochMs, SECOND_MS } from '../base/time.ts';
import { absencesOf, isMissing, toldOfStop } from '../core/launch/absence.ts';
import type { Action, NodeAction, Step } from '../core/launch/attempt-steps.ts';
import { type LaunchView, nodeKey, nodeRef } from '../core/launch/launch-view.ts';
import { learn } from '../core/launch/learn.ts';
import { nextLookMs, nextSteps, onlyWaits } from '../core/launch/next-steps.ts';
import { nodeSpec } from '../core/launch/node-spec.ts';
import type { SpotHold } from '../core/migrate/hold-spot.ts';
import { spotSteps } from '../core/migrate/spot-steps.ts';
import { spotWorkOf } from '../core/migrate/spot-work.ts';
import { budgetLookMs, keepBudget } from '../core/monitor/budget.ts';
import type { Driver, NodeRef, NodeSpec, Observation } from '../ports/driver.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Claim, RunRequest, Store } from '../ports/store.ts';
import type { NewEvent } from '../spec/event.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { Outcome, Run } from '../spec/run.ts';
import type { TaskFile } from '../spec/task.ts';
import type { ArtifactCollector } from './collect-artifacts.ts';
import { driverOf } from './driver-of.ts';
import { moveOn } from './move-on.ts';
import type { Pace } from './pace.ts';
import { type LineNews, writeStep } from './place-attempt.ts';
import { readEvents } from './read-events.ts';
import type { Retuner } from './retuner.ts';
import { runNow } from './run-now.ts';
import type { SpotKeeper } from './spot-keeper.ts';
import type { NodeWatch } from './watch-nodes.ts';

export type RunParts = {
  readonly store: Store;
  /** By the provider name of a plan's allocations. */
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly secrets: Secrets;
  /** Where runs may be moved by themselves; nowhere unless given. */
  readonly retuner?: Retuner;
  /** Where runs change between spot and on-demand by their deadline; nowhere unless given. */
  readonly spot?: Pick<SpotKeeper, 'holds' | 'forget'>;
  /** Told of who waits for room, and of room that is given back. */
  readonly lines?: LineNews;
  /** How much longer to wait between two looks than a run by itself would need. */
  readonly pace?: Pick<Pace, 'stretch'>;
  readonly readTasks: (text: string, options: { readonly file: string }) => TaskFile;
  /** Keeps what tasks leave behind; nothing is without it. */
  readonly collector?: Pick<ArtifactCollector, 'look'>;
  /** Where the nodes are sampled; nothing is without it. */
  readonly watch?: Pick<NodeWatch, 'look'>;
};

/** Long enough for a slow driver call between two renewals. */
export const LEASE_MS = 30 * SECOND_MS;

/** Steps without a driver call settle at once; more rounds than this mean a bug in core. */
const ROUNDS_MAX = 20;

/**
 * Snapshot → learn → next steps → intent → act → outcome, for one claimed run. Returns when to
 * look again; null when the run has ended, or waits for room, which wakes it.
 */
export async function advanceRun(parts: RunParts, claim: Claim): Promise<EpochMs | null> {
  const { run, request } = await parts.store.readRun(claim);
  const file = parts.readTasks(request.taskText, { file: 'task.yaml' });
  let view = await look(parts, { run, request, file });
  const learned = learn(view);
  if (learned.length > 0) view = after(view, await parts.store.writeOutcome(claim, learned));
  view = await watched(parts, claim, view);
  view = await collected(parts, claim, { view, request });
  let holds: readonly SpotHold[] = [];
  for (let round = 0; ; round++) {
    assert(round < ROUNDS_MAX, `run ${run.runId} does not settle`);
    holds = (await parts.spot?.holds(view)) ?? [];
    const steps = keepBudget(view, spotSteps(view, nextSteps(view), holds));
    for (const step of steps) view = await carryOut(parts, { claim, request, view, step });
    if (steps.length === 0 || steps.some((step) => step.act.length > 0)) break;
  }
  if (view.run.state === 'ended') {
    parts.retuner?.forget(run.runId);
    parts.spot?.forget(run.runId);
    return null;
  }
  const wishes = request.autoRetune === true ? await retune(parts, view, request) : [];
  if (wishes.length > 0) view = after(view, await parts.store.writeOutcome(claim, wishes));
  if (wishes.length === 0 && onlyWaits(view)) return null;
  const now = await parts.store.now();
  const lookMs = nextLookMs(view) * (parts.pace?.stretch ?? 1);
  const reviewMs = holds.map((hold) => hold.reviewMs);
  const afterMs = Math.min(lookMs, budgetLookMs({ ...view, now }), ...reviewMs);
  return asEpochMs(now + (wishes.length > 0 ? 0 : afterMs));
}

/** Samples the nodes that run, and writes what is found to be wrong with them. */
async function watched(parts: RunParts, claim: Claim, view: LaunchView): Promise<LaunchView> {
  const alarms = (await parts.watch?.look(claim, view)) ?? [];
  return alarms.length === 0 ? view : after(view, await parts.store.writeOutcome(claim, alarms));
}

/** Takes what the nodes have left behind, before their attempts are closed. */
async function collected(
  { store, collector }: RunParts,
  claim: Claim,
  { view, request }: { readonly view: LaunchView; readonly request: RunRequest },
): Promise<LaunchView> {
  const told = (await collector?.look({ ...view, baseDir: request.baseDir })) ?? [];
  return told.length === 0 ? view : after(view, await store.writeOutcome(claim, told));
}

/** A re-plan that fails costs nothing but the chance to save. */
async function retune(
  { store, retuner }: RunParts,
  view: LaunchView,
  request: RunRequest,
): Promise<readonly NewEvent[]> {
  const { run } = view;
  try {
    const load = () => runNow(store, { run, request });
    const wishes = (await retuner?.retune(run, { now: await store.now(), load })) ?? [];
    // Those go by their deadline.
    return wishes.filter(({ data }) => {
      return !('allocation' in data) || spotWorkOf(view, data.allocation) === null;
    });
  } catch (error) {
    if (error instanceof KedgeError) return [];
    throw error;
  }
}

type Snapshot = {
  readonly run: Run;
  readonly request: RunRequest;
  readonly file: TaskFile;
};

/** Asks each driver once for all nodes of the run that have not ended. */
async function look(parts: RunParts, { run, request, file }: Snapshot): Promise<LaunchView> {
  const { plan } = request;
  const live = run.nodes.filter((node) => node.state !== 'ended');
  const refsByProvider = Map.groupBy(live, (node) => lineOf(run, plan, node).provider);
  const observed = new Map<string, Observation>();
  const askedAt = await parts.store.now();
  for (const [provider, nodes] of refsByProvider) {
    const seen = await observe(
      parts,
      provider,
      nodes.map((node) => nodeRef(run, node)),
    );
    nodes.forEach((node, index) => observed.set(nodeKey(node), seen[index]!));
  }
  const now = await parts.store.now();
  const view = { run, plan, file, observed, absences: NO_ABSENCES, now, askedAt };
  if (!live.some((node) => isMissing(view, node))) return view;
  return { ...view, absences: absencesOf(await readEvents(parts.store, run)) };
}

const NO_ABSENCES: LaunchView['absences'] = new Map();

/** A driver that cannot answer leaves its nodes unknown, which is not dead. */
async function observe(
  parts: RunParts,
  provider: string,
  refs: readonly NodeRef[],
): Promise<readonly Observation[]> {
  try {
    return await driverOf(parts.drivers, provider).observe(refs);
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
    return refs.map(() => ({ state: 'unknown', reason: error.message }));
  }
}

type Work = {
  readonly claim: Claim;
  readonly request: RunRequest;
  readonly view: LaunchView;
  readonly step: Step;
};

/** Intent, act, outcome. The intent's reply is the fresh run: a create is dropped if it stops. */
async function carryOut(parts: RunParts, work: Work): Promise<LaunchView> {
  const { claim, step } = work;
  let view = work.view;
  if (step.intent.length > 0) {
    // Before the last word: of a run that has ended nobody would look for them any more.
    if (step.intent.some(({ type }) => type === 'run.ended')) await parts.secrets.remove(claim);
    const { run, placed } = await writeStep(parts, work);
    view = after(view, run);
    if (!placed) return { ...view, waitsForRoom: true };
  } else {
    view = after(view, (await parts.store.readRun(claim)).run);
  }
  for (const action of step.act) {
    if (action.kind === 'create' && view.run.stopRequested) continue;
    // Each may take long: whoever has lost the lease meanwhile must not go on hiring.
    await parts.store.renew(claim, LEASE_MS);
    const told = await act(parts, { ...work, view }, action);
    if (told.length === 0) continue;
    view = after(view, await parts.store.writeOutcome(claim, told));
    // A gang that lacks a node is torn down: the rest of it need not be hired first.
    break;
  }
  return view;
}

/** Calls the driver. What only time can tell is left to the next look. */
async function act(parts: RunParts, work: Work, action: Action): Promise<readonly NewEvent[]> {
  const { view } = work;
  if ('move' in action) return moveOn(parts, work, action);
  const { provider } = lineOf(view.run, view.plan, action.node);
  if (action.kind === 'stop') {
    const ref = nodeRef(view.run, action.node);
    await driverOf(parts.drivers, provider).stop(ref, { graceMs: action.graceMs });
    return toldOfStop(view, action.node);
  }
  // What fails here is our own trouble, which must not pass for a refusal of the place.
  const spec = await specOf(parts, work, action);
  try {
    await driverOf(parts.drivers, provider).create(spec);
    return [];
  } catch (error) {
    if (error instanceof KedgeError && error.retry !== 'later') {
      // Another create of the same node may be on its way: before its row is closed, it is barred.
      await parts.drivers.get(provider)?.stop(spec.ref, { graceMs: 0 });
      return refused(view, action, error);
    }
    await tellWaiting(parts, work, error);
    throw error;
  }
}

async function specOf(parts: RunParts, work: Work, { node }: NodeAction): Promise<NodeSpec> {
  const { view, request } = work;
  const installationId = await parts.store.installationId();
  const secrets = await parts.secrets.get(work.claim);
  const resolvePath = (path: string): string => resolve(request.baseDir, path);
  return nodeSpec(view, node, { request, installationId, secrets, resolvePath });
}

/** Why a launch waits is told once, for people to read; the engine tries again by itself. */
async function tellWaiting(parts: RunParts, work: Work, error: unknown): Promise<void> {
  const { run } = await parts.store.readRun(work.claim);
  const reason = `cannot start yet: ${error instanceof Error ? error.message : String(error)}`;
  if (run.stopRequested || run.state === 'ended' || run.reason === reason) return;
  await parts.store.writeOutcome(work.claim, [{ type: 'run.queued', data: { reason } }]);
}

/** What a place refuses for good ends the node: elsewhere may help, or nothing does. */
function refused(view: LaunchView, action: NodeAction, error: KedgeError): readonly NewEvent[] {
  const outcome: Outcome = error.retry === 'elsewhere' ? 'infra-lost' : 'task-failed';
  const { allocation, attempt, rank } = action.node;
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  const reason = `${error.message} (${error.code}${hint})`;
  const data = { allocation, attempt, rank, outcome, exitCode: null, reason, endedAt: view.now };
  return [{ type: 'node.ended', data }];
}

function after(view: LaunchView, run: Run): LaunchView {
  return { ...view, run };
}
