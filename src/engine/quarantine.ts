import { KedgeError } from '../base/errors.ts';
import { asEpochMs, type EpochMs, SECOND_MS } from '../base/time.ts';
import { absencesOf, toldOfStop } from '../core/launch/absence.ts';
import type { Step } from '../core/launch/attempt-steps.ts';
import { type LaunchView, nodeKey, nodeRef } from '../core/launch/launch-view.ts';
import { learn } from '../core/launch/learn.ts';
import { lastWord, takeDown } from '../core/launch/take-down.ts';
import type { Observation } from '../ports/driver.ts';
import type { Claim } from '../ports/store.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { TaskFile } from '../spec/task.ts';
import { LEASE_MS, type RunParts } from './advance-run.ts';
import { driverOf } from './driver-of.ts';
import { readEvents } from './read-events.ts';

/** So many bugs in a row of one run are no chance. */
export const BUGS_MAX = 5;
/**
 * Deaths of servers that held the run. Some have another cause: where servers die all the time, ten
 * in a row came by chance in two of 2,000 simulated worlds.
 */
export const DEATHS_MAX = 20;
/** From here on it is not claimed together with another of its kind: one of them is innocent. */
const SUSPECT_STRIKES = 3;
/** Until another suspect is tried. */
const SUSPECT_PAUSE_MS = 2 * SECOND_MS;
const LOOK_MS = 5 * SECOND_MS;

export type QuarantineParts = RunParts & {
  readonly report: (problem: { readonly runId: string; readonly error: unknown }) => void;
};

/** Trouble of our own making, which trying again does not mend. */
export function isBug(error: unknown): boolean {
  if (!(error instanceof KedgeError)) return true;
  // What was stored was once valid: a task that cannot be read any more, an event that cannot be.
  return error.code.startsWith('spec.') || error.code === 'state.illegal-transition';
}

/** The strikes that a claim is given back with; `error` is what it failed by, or null. */
export function strikesAfter(claim: Claim, error: unknown): number {
  const failed = error !== null && isBug(error);
  // A quarantine is for good.
  if (isQuarantined(claim)) return failed ? claim.strikes : DEATHS_MAX;
  if (!failed) return 0;
  return isStruckOut(claim, error) ? DEATHS_MAX : claim.strikes;
}

/** This failure is the one that puts the run into quarantine. */
export function isStruckOut(claim: Claim, error: unknown): boolean {
  return isBug(error) && !isQuarantined(claim) && claim.strikes >= BUGS_MAX;
}

export function isQuarantined({ strikes }: Claim): boolean {
  return strikes > DEATHS_MAX;
}

/**
 * Of claims that were taken together, those to be worked on, and those to be given back untouched:
 * whoever may be the one that kills the server is looked at alone (fault 51).
 */
export function pickSuspect(
  claims: readonly Claim[],
  inHand: { readonly hasSuspect: boolean },
): { readonly taken: readonly Claim[]; readonly put: readonly Claim[] } {
  const suspects = claims
    .filter(({ strikes }) => strikes >= SUSPECT_STRIKES)
    .toSorted((a, b) => a.strikes - b.strikes);
  const put = suspects.slice(inHand.hasSuspect ? 0 : 1);
  return { taken: claims.filter((claim) => !put.includes(claim)), put };
}

export function isSuspect({ strikes }: Claim): boolean {
  return strikes >= SUSPECT_STRIKES;
}

/** Gives a suspect back as it was; its turn comes. */
export async function putOff(parts: RunParts, claim: Claim): Promise<void> {
  const at = asEpochMs((await parts.store.now()) + SUSPECT_PAUSE_MS);
  await parts.store.release(claim, at, claim.strikes - 1);
}

/** Writes down that a run is quarantined, and why. */
export async function quarantine(parts: RunParts, claim: Claim, error: unknown): Promise<void> {
  const what = error instanceof Error ? error.message : String(error);
  const reason = `quarantined: Kedge failed ${BUGS_MAX} times in a row on it: ${what}`;
  await parts.store.writeIntent(claim, [{ type: 'run.quarantined', data: { reason } }]);
}

const KILLED_SERVERS =
  `quarantined: the server died ${DEATHS_MAX} times in a row while it worked on it; ` +
  'its log may say why';

/**
 * One look at a quarantined run, as `advanceRun` is one at any other: asks for its machines to be
 * stopped until they are gone, then ends it. When to look again; null when it has ended.
 */
export async function advanceQuarantined(
  parts: QuarantineParts,
  claim: Claim,
): Promise<EpochMs | null> {
  const { run, request } = await parts.store.readRun(claim);
  const events = await readEvents(parts.store, claim);
  const told = events.findLast((event) => event.type === 'run.quarantined');
  const reason = told?.data.reason ?? KILLED_SERVERS;
  const absences = absencesOf(events);
  const now = await parts.store.now();
  let view: LaunchView = {
    run,
    plan: request.plan,
    file: NO_TASKS,
    observed: NOTHING,
    absences,
    now,
  };
  const work = { parts, claim };
  // Even this fails again and again: then its machines are left to the sweep for orphans.
  if (claim.strikes > DEATHS_MAX + BUGS_MAX) {
    await carryOut(work, view, lastWord(view, reason));
    return null;
  }
  if (told === undefined) {
    view = await carryOut(work, view, {
      intent: [{ type: 'run.quarantined', data: { reason } }],
      act: [],
    });
  }
  view = { ...view, observed: await observe(parts, view) };
  const learned = learn(view);
  if (learned.length > 0) view = { ...view, run: await parts.store.writeOutcome(claim, learned) };
  for (;;) {
    const steps = takeDown(view, reason);
    for (const step of steps) view = await carryOut(work, view, step);
    if (steps.length === 0 || steps.some(({ act }) => act.length > 0)) break;
  }
  return view.run.state === 'ended' ? null : asEpochMs((await parts.store.now()) + LOOK_MS);
}

const NO_TASKS: TaskFile = { name: null, tasks: [], needs: [] };
const NOTHING: LaunchView['observed'] = new Map();

/** Each node for itself: whatever one look fails by tells nothing of the others. */
async function observe(parts: QuarantineParts, { run, plan }: LaunchView) {
  const observed = new Map<string, Observation>();
  for (const node of run.nodes) {
    if (node.state === 'ended') continue;
    try {
      const driver = driverOf(parts.drivers, lineOf(run, plan, node).provider);
      const [seen] = await driver.observe([nodeRef(run, node)]);
      if (seen !== undefined) observed.set(nodeKey(node), seen);
    } catch (error) {
      parts.report({ runId: run.runId, error });
    }
  }
  return observed;
}

type Work = { readonly parts: QuarantineParts; readonly claim: Claim };

async function carryOut({ parts, claim }: Work, view: LaunchView, step: Step): Promise<LaunchView> {
  const { store, secrets } = parts;
  let { run } = view;
  if (step.intent.some(({ type }) => type === 'run.ended')) await secrets.remove(claim);
  if (step.intent.length > 0) run = await store.writeIntent(claim, step.intent);
  for (const action of step.act) {
    if (action.kind !== 'stop') continue;
    await store.renew(claim, LEASE_MS);
    const { node, graceMs } = action;
    try {
      const driver = driverOf(parts.drivers, lineOf(run, view.plan, node).provider);
      await driver.stop(nodeRef(run, node), { graceMs });
    } catch (error) {
      // Asked again at the next look; the others are not to wait for it.
      parts.report({ runId: run.runId, error });
      continue;
    }
    const told = toldOfStop({ ...view, run }, node);
    if (told.length > 0) run = await store.writeOutcome(claim, told);
  }
  return { ...view, run };
}
