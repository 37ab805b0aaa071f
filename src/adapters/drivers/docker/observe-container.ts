import { rm } from 'node:fs/promises';
import type Docker from 'dockerode';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef, Observation } from '../../../ports/driver.ts';
import { fileError } from '../../files/file-error.ts';
import { claimRecord, readRecord } from '../local/durable-file.ts';
import { bootId, bootTime } from '../local/process-table.ts';
import type { Engine } from './engine.ts';
import type { ClaimRecord, EndRecord, NodeFolder, StopRecord } from './node-folder.ts';
import { type Marks, readMarks } from './read-marks.ts';

type State = Docker.ContainerInspectInfo['State'];

/** By the names of Docker and of Podman. */
const NOT_STARTED: ReadonlySet<string> = new Set(['created', 'configured', 'initialized']);
const ENDED: ReadonlySet<string> = new Set(['exited', 'dead', 'stopped', 'removing']);
/** Source: bash(1), EXIT STATUS: 128 + n ended by signal n; of SIGKILL, as when memory runs out. */
const KILLED = 137;
/** Of a container that could not even begin, where the engine tells no code. */
const CANNOT_START = 125;

/**
 * What our files and the engine say of a node. The end is told only when nothing runs any more;
 * it is kept, and then the container is removed.
 */
export async function observeContainer(
  node: NodeFolder,
  options: {
    readonly ref: NodeRef;
    readonly clock: Clock;
    /** Of the engine in use now; null where there is none. */
    readonly socket: string | null;
    readonly engineAt: (socket: string) => Promise<Engine>;
  },
): Promise<Observation> {
  const { ref, clock, socket } = options;
  const claim = await readRecord<ClaimRecord>(node.claimFile);
  if (claim === null) {
    return socket === null ? { state: 'absent' } : forgotten(await options.engineAt(socket), ref);
  }
  if (claim.ref.token !== ref.token) return { state: 'absent' };
  const kept = await readRecord<EndRecord>(node.endFile);
  if (kept !== null) return { state: 'ended', ...kept };
  if (claim.socket === null) return { state: 'ended', ...neverStarted(claim.at) };
  const engine = await options.engineAt(claim.socket);
  const wasStarted = (await readMarks(node.shared(claim.shared))).startedAt !== null;
  const state = (await engine.inspect(ref))?.State ?? null;
  // After the engine: the first process leaves its last word before it ends.
  const marks = await readMarks(node.shared(claim.shared));
  const stop = await readRecord<StopRecord>(node.stopFile);
  const live = liveAs({ state, wasStarted, marks, stop });
  if (live === null) {
    const bootedAt = rebootSince(claim, marks);
    const end = endOf({ state, wasStarted, marks, stop, now: clock.now(), bootedAt });
    return { state: 'ended', ...(await keepEnd(end, { node, claim, engine })) };
  }
  if (stop !== null && clock.now() >= stop.killAt) await engine.kill(ref, 'SIGKILL');
  return live;
}

/** Our folder is gone, and its container may be there all the same: the collector must see it. */
async function forgotten(engine: Engine, ref: NodeRef): Promise<Observation> {
  const seen = await engine.inspect(ref);
  if (seen === null) return { state: 'absent' };
  // Not told how it ended: it is there, so that the collector's stop removes it.
  if (!seen.State.Running) return { state: 'starting' };
  return { state: 'running', startedAt: asEpochMs(Date.parse(seen.State.StartedAt)) };
}

export type Seen = {
  /** Null: the engine has no such container. */
  readonly state: State | null;
  /** The mark of the start was there before the engine was asked. */
  readonly wasStarted: boolean;
  readonly marks: Marks;
  readonly stop: StopRecord | null;
};

type After = {
  readonly now: EpochMs;
  /** Null: the machine has not been rebooted since the task began. */
  readonly bootedAt: EpochMs | null;
};

/** Null when it has ended. */
export function liveAs({ state, wasStarted, marks, stop }: Seen): Observation | null {
  const { startedAt } = marks;
  if (state !== null && ENDED.has(state.Status)) return null;
  if (state !== null && !NOT_STARTED.has(state.Status)) {
    return startedAt === null ? { state: 'starting' } : { state: 'running', startedAt };
  }
  // Not there, or, as Podman says of one from before a reboot too, not started yet.
  if (startedAt === null) {
    if (stop !== null) return null;
    // Claimed and not created, or created and not started: another create finishes it.
    const isUnfinished = state === null || state.Status === 'created';
    return isUnfinished ? { state: 'absent' } : { state: 'starting' };
  }
  // Started between the engine's word and the mark.
  return wasStarted ? null : { state: 'running', startedAt };
}

/** When this machine was booted, if that is what has ended the task; else null. */
function rebootSince(claim: ClaimRecord, { startedAt }: Marks): EpochMs | null {
  if (claim.bootId === undefined || claim.bootId === bootId()) return null;
  // Claimed before the reboot, a container may have been started after it.
  const bootedAt = bootTime();
  return startedAt !== null && startedAt < bootedAt ? bootedAt : null;
}

/** How a node has ended that runs no more. */
export function endOf({ state, marks, stop, now, bootedAt }: Seen & After): EndRecord {
  const { startedAt, exit } = marks;
  // Engines note the end of what a reboot has ended when they come back.
  const lookedAt = Math.min(finishedAt(state) ?? now, bootedAt ?? Infinity);
  const endedAt = exit?.at ?? lookedAt;
  const told = { startedAt, endedAt: asEpochMs(Math.max(endedAt, startedAt ?? 0)) };
  const isStopped = stop !== null && (exit === null || exit.at >= stop.at);
  if (isStopped) {
    if (startedAt === null) return neverStarted(told.endedAt);
    return { ...told, how: 'stopped', exitCode: exit?.code ?? null, reason: 'stopped' };
  }
  const passedLimit = state?.OOMKilled || exit?.memory;
  if (passedLimit && (exit === null || exit.code === KILLED)) {
    const reason = `${exit?.step ?? 'the task'} was killed: it passed its memory limit`;
    return { ...told, how: 'exited', exitCode: KILLED, reason };
  }
  if (exit?.asked && exit.code !== 0) {
    const reason = `${exit.step} was stopped, and not by Kedge: as when its engine shuts down`;
    return { ...told, how: 'lost', exitCode: null, reason };
  }
  if (exit?.code === KILLED) {
    const reason = `${exit.step} was killed by SIGKILL, and not for its own memory limit`;
    return { ...told, how: 'lost', exitCode: null, reason };
  }
  if (exit !== null) {
    const { code, step } = exit;
    const reason = code === 0 ? `${step} succeeded` : `${step} failed with exit code ${code}`;
    return { ...told, how: 'exited', exitCode: code, reason };
  }
  if (startedAt === null) {
    const reason = `its image cannot run /bin/sh${state?.Error ? `: ${state.Error}` : ''}`;
    return { ...told, how: 'exited', exitCode: state?.ExitCode || CANNOT_START, reason };
  }
  const reason = bootedAt === null ? whyLost(state) : 'the machine was rebooted';
  return { ...told, how: 'lost', exitCode: null, reason };
}

function whyLost(state: State | null): string {
  if (state === null) return 'its container was removed';
  if (NOT_STARTED.has(state.Status)) return 'the container engine was restarted';
  return 'its container was killed';
}

function neverStarted(at: EpochMs): EndRecord {
  const reason = 'stopped before it started';
  return { how: 'stopped', exitCode: null, startedAt: null, endedAt: at, reason };
}

/** Engines write year 1 for what has not happened. */
function finishedAt(state: State | null): EpochMs | null {
  const at = Date.parse(state?.FinishedAt ?? '');
  return at > 0 ? asEpochMs(at) : null;
}

/** The first to tell it is right for good: every later look says the same. */
async function keepEnd(
  end: EndRecord,
  { node, claim, engine }: { node: NodeFolder; claim: ClaimRecord; engine: Engine },
): Promise<EndRecord> {
  try {
    const isFirst = await claimRecord(node.endFile, end);
    // A container that never ran has not read the secrets.
    await rm(node.shared(claim.shared).envsFile, { force: true });
    // One that cannot be removed now is found by the collector of orphans.
    await engine.remove(claim.ref).catch(() => {});
    return isFirst ? end : (await readRecord<EndRecord>(node.endFile))!;
  } catch (error) {
    throw fileError(error, node.endFile);
  }
}
