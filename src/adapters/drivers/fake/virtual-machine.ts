import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { NodeSpec, Observation } from '../../../ports/driver.ts';
import type { FakeTask } from './script.ts';

/** A machine as bought, and what has been asked of it; all else follows from the time. */
export type VirtualMachine = {
  readonly spec: NodeSpec;
  readonly task: FakeTask;
  readonly boughtAt: EpochMs;
  readonly startsAt: EpochMs;
  readonly preemptedAt: EpochMs | null;
  /** Gone without a trace. */
  readonly forgottenAt: EpochMs | null;
  /** The earliest moment at which a stop ends it by force or by consent. */
  readonly stoppedAt: EpochMs | null;
};

export type Ended = Extract<Observation, { state: 'ended' }>;

const FORGOTTEN = 'forgotten';

/** An end that only the provider's own book tells of. */
export function isForgotten({ reason }: Ended): boolean {
  return reason === FORGOTTEN;
}

/** What a machine shows at a moment. */
export function seenAt(machine: VirtualMachine, at: EpochMs): Observation {
  if (at < machine.boughtAt) return { state: 'absent' };
  const end = endOf(machine);
  if (end !== null && at >= end.endedAt) return isForgotten(end) ? { state: 'absent' } : end;
  if (at < machine.startsAt) return { state: 'starting' };
  return { state: 'running', startedAt: machine.startsAt };
}

/** When and how a machine ends as things stand; null for never. The earliest reason wins. */
export function endOf({
  task,
  startsAt,
  preemptedAt,
  forgottenAt,
  stoppedAt,
}: VirtualMachine): Ended | null {
  const exitsAt = task.durationMs === null ? null : asEpochMs(startsAt + task.durationMs);
  const { exitCode } = task;
  const ends = [
    ending(exitsAt, { how: 'exited', exitCode, reason: `exit code ${exitCode}` }),
    ending(preemptedAt, { how: 'lost', exitCode: null, reason: 'preempted' }),
    ending(forgottenAt, { how: 'lost', exitCode: null, reason: FORGOTTEN }),
    ending(stoppedAt, { how: 'stopped', exitCode: null, reason: 'stopped' }),
  ].flatMap((end) => end ?? []);
  const first = ends.toSorted((a, b) => a.endedAt - b.endedAt)[0];
  if (first === undefined) return null;
  return { ...first, startedAt: first.endedAt >= startsAt ? startsAt : null };
}

/** The moment at which a machine ends that is asked to stop at `now`. */
export function stopTime(
  { task, startsAt }: VirtualMachine,
  { now, graceMs }: { readonly now: EpochMs; readonly graceMs: number },
): EpochMs {
  const resists = task.ignoresTerminate && now >= startsAt;
  return resists ? asEpochMs(now + graceMs) : now;
}

function ending(at: EpochMs | null, how: Pick<Ended, 'how' | 'exitCode' | 'reason'>): Ended | null {
  return at === null ? null : { state: 'ended', ...how, startedAt: null, endedAt: at };
}
