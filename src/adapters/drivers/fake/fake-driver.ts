import { KedgeError } from '../../../base/errors.ts';
import { rateFromUsd } from '../../../base/money.ts';
import type { Random } from '../../../base/rng.ts';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver, LogSlice, NodeRef, NodeSpec, Observation } from '../../../ports/driver.ts';
import type { ExecPart, ExecRequest } from '../../../ports/exec.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { PoolCapacity } from '../../../spec/reservation.ts';
import type { Sample } from '../../../spec/sample.ts';
import { notRunning } from '../shared/not-running.ts';
import { FakeFiles } from './fake-files.ts';
import type { Ledger } from './ledger.ts';
import type { FakeScript } from './script.ts';
import { endOf, isForgotten, seenAt, stopTime, type VirtualMachine } from './virtual-machine.ts';

export type FakeDriverOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly script: FakeScript;
  /** Pools of one's own; none unless a test says otherwise. */
  readonly capacity?: readonly PoolCapacity[];
  /** What tasks have written; nothing unless a test says otherwise. */
  readonly files?: FakeFiles;
};

/** A provider of virtual machines in memory, with faults by script and a book of its own. */
export function fakeDriver(options: FakeDriverOptions): Driver {
  const cloud = new VirtualCloud(options);
  return {
    name: 'fake',
    files: options.files ?? new FakeFiles(),
    check: async () => ({ place: 'fake', usable: true, reason: 'virtual machines', hint: null }),
    offers: async () => [OFFER],
    capacity: async () => options.capacity ?? [],
    create: async (spec) => cloud.create(spec),
    observe: async (refs) => cloud.observe(refs),
    stop: async (ref, { graceMs }) => cloud.stop(ref, graceMs),
    readLog: async (ref, slice) => cloud.readLog(ref, slice),
    sample: async (requests) => requests.map(({ ref }) => cloud.sample(ref)),
    exec: (ref, request) => cloud.exec(ref, request),
    list: async (installationId) => cloud.list(installationId),
  };
}

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
  vcpus: 8,
  memoryGib: 32,
  spot: false,
  nanosPerHour: rateFromUsd(1),
  available: null,
  billingIncrementS: 1,
  billingMinimumS: 60,
  estimated: false,
  launchable: true,
  source: 'fake',
  asOf: '2026-01-01',
};

/** What the book tells of a machine, and when there is more to tell. */
type Open = { readonly hasStarted: boolean; readonly nextAt: number };

class VirtualCloud {
  readonly #options: FakeDriverOptions;
  readonly #machinesByToken = new Map<string, VirtualMachine>();
  /** Those whose end is not in the book yet, by token. */
  readonly #open = new Map<string, Open>();
  /** Stopped before they were created, never to be bought: when they were barred, by token. */
  readonly #barred = new Map<string, EpochMs>();
  /** Of those, the ones that a create has asked for since. */
  readonly #turnedAway = new Set<string>();
  readonly #calls = new Map<string, number>();

  constructor(options: FakeDriverOptions) {
    this.#options = options;
  }

  create(spec: NodeSpec): void {
    const { ref } = spec;
    const now = this.#settle();
    const fault = this.#options.script.onCreate(ref, this.#count('create', ref));
    const isKnown = this.#barred.has(ref.token) || this.#knownMachine(ref) !== undefined;
    if (!isKnown && (fault === 'no-capacity' || fault === 'denied')) {
      this.#options.ledger.write({ at: now, event: 'refused', ref });
      throw refusal(fault);
    }
    if (!isKnown) this.#buy(spec, now);
    if (this.#barred.has(ref.token)) this.#turnedAway.add(ref.token);
    if (fault === 'reply-lost') throw noReply('create');
  }

  observe(refs: readonly NodeRef[]): readonly Observation[] {
    const now = this.#settle();
    return refs.map((ref) => this.#observe(ref, now));
  }

  #observe(ref: NodeRef, now: EpochMs): Observation {
    const { isOutOfSight } = this.#options.script;
    if (isOutOfSight(ref, now)) return { state: 'unknown', reason: 'out of sight' };
    const barredAt = this.#barred.get(ref.token);
    if (barredAt !== undefined && this.#turnedAway.has(ref.token)) return neverStarted(barredAt);
    const machine = this.#machinesByToken.get(ref.token);
    return machine === undefined ? { state: 'absent' } : seenAt(machine, this.#shown(now));
  }

  stop(ref: NodeRef, graceMs: number): void {
    const now = this.#settle();
    const fault = this.#options.script.onStop(ref, this.#count('stop', ref));
    const machine = this.#knownMachine(ref);
    // Barring is the driver's own work, which its provider cannot ignore.
    if (machine === undefined) this.#barred.set(ref.token, this.#barred.get(ref.token) ?? now);
    else if (fault === 'ignored') return;
    else this.#terminate(machine, { now, graceMs });
    if (fault === 'reply-lost') throw noReply('stop');
  }

  readLog(ref: NodeRef, { offset, maxBytes }: { offset: number; maxBytes: number }): LogSlice {
    const now = this.#settle();
    const machine = this.#machinesByToken.get(ref.token);
    const hasStarted = machine !== undefined && now >= machine.startsAt;
    const all = new TextEncoder().encode(hasStarted ? machine.task.output : '');
    const bytes = all.subarray(offset, offset + maxBytes);
    const nextOffset = offset + bytes.length;
    const hasEnded = machine !== undefined && seenAt(machine, now).state === 'ended';
    return { bytes, nextOffset, ended: hasEnded && nextOffset >= all.length };
  }

  sample(ref: NodeRef): Sample | null {
    const now = this.#settle();
    const machine = this.#machinesByToken.get(ref.token);
    if (machine === undefined) return null;
    const seen = seenAt(machine, now);
    return seen.state === 'running' ? this.#options.script.sample(ref, now, seen.startedAt) : null;
  }

  /** Says what it was told, and ends well. */
  async *exec(ref: NodeRef, { command }: ExecRequest): AsyncGenerator<ExecPart> {
    const seen = this.#observe(ref, this.#settle());
    if (seen.state !== 'running') throw notRunning(ref, seen);
    yield { stream: 'stdout', bytes: new TextEncoder().encode(`${command.join(' ')}\n`) };
    yield { exitCode: 0 };
  }

  list(installationId: string): readonly NodeRef[] {
    const seen = this.#shown(this.#settle());
    const machines = [...this.#machinesByToken.values()];
    return machines
      .filter(({ spec }) => spec.installationId === installationId)
      .filter((machine) => seenAt(machine, seen).state !== 'absent')
      .map(({ spec }) => spec.ref);
  }

  /** What was bought under a token, unless nothing of it is left. */
  #knownMachine({ token }: NodeRef): VirtualMachine | undefined {
    const machine = this.#machinesByToken.get(token);
    const end = machine === undefined ? null : endOf(machine);
    const isGone = end !== null && isForgotten(end) && end.endedAt <= this.#options.clock.now();
    return isGone ? undefined : machine;
  }

  /** The moment whose state a look at `now` is shown. */
  #shown(now: EpochMs): EpochMs {
    const { lagMs } = this.#options.script;
    return asEpochMs(now - (typeof lagMs === 'number' ? lagMs : lagMs()));
  }

  #buy(spec: NodeSpec, now: EpochMs): void {
    const { script, random, ledger } = this.#options;
    const { min, max } = script.bootMs;
    const startsAt = asEpochMs(now + min + random() * (max - min));
    const later = (ms: number | null) => (ms === null ? null : asEpochMs(startsAt + ms));
    const preemptedAt = later(script.preemptedAfterMs(spec.ref));
    const forgottenAt = later(script.forgottenAfterMs(spec.ref, this.#count('buy', spec.ref)));
    const ends = { preemptedAt, forgottenAt, stoppedAt: null };
    const machine = { spec, task: script.task(spec), boughtAt: now, startsAt, ...ends };
    this.#machinesByToken.set(spec.ref.token, machine);
    this.#open.set(spec.ref.token, { hasStarted: false, nextAt: 0 });
    ledger.write({ at: now, event: 'bought', ref: spec.ref });
  }

  /** Asked again, it never ends later than it was first asked to. */
  #terminate(machine: VirtualMachine, options: { now: EpochMs; graceMs: number }): void {
    const { ref } = machine.spec;
    const at = stopTime(machine, options);
    const stoppedAt = asEpochMs(Math.min(machine.stoppedAt ?? at, at));
    this.#options.ledger.write({ at: options.now, event: 'stopped', ref });
    this.#machinesByToken.set(ref.token, { ...machine, stoppedAt });
    const open = this.#open.get(ref.token);
    if (open !== undefined) this.#open.set(ref.token, { ...open, nextAt: 0 });
    this.#settle();
  }

  /** Enters into the book what has happened since the last call. */
  #settle(): EpochMs {
    const now = this.#options.clock.now();
    for (const [token, open] of this.#open) {
      if (now >= open.nextAt) this.#settleOne(this.#machinesByToken.get(token)!, { open, now });
    }
    return now;
  }

  #settleOne(machine: VirtualMachine, { open, now }: { open: Open; now: EpochMs }): void {
    const { ledger } = this.#options;
    const { startsAt, spec } = machine;
    const { ref } = spec;
    const end = endOf(machine);
    const endsAt = end?.endedAt ?? Number.POSITIVE_INFINITY;
    const hasStarted = startsAt <= Math.min(endsAt, now);
    if (hasStarted && !open.hasStarted) ledger.write({ at: startsAt, event: 'started', ref });
    if (end !== null && endsAt <= now) {
      ledger.write({ at: end.endedAt, event: 'ended', ref, end });
      this.#open.delete(ref.token);
    } else {
      const nextAt = hasStarted ? endsAt : Math.min(startsAt, endsAt);
      this.#open.set(ref.token, { hasStarted, nextAt });
    }
  }

  #count(verb: string, ref: NodeRef): number {
    const key = `${verb} ${ref.token}`;
    const call = this.#calls.get(key) ?? 0;
    this.#calls.set(key, call + 1);
    return call;
  }
}

function neverStarted(endedAt: EpochMs): Observation {
  const reason = 'stopped before it started';
  return { state: 'ended', how: 'stopped', exitCode: null, startedAt: null, endedAt, reason };
}

function refusal(why: 'no-capacity' | 'denied'): KedgeError {
  if (why === 'denied') return new KedgeError('auth.denied', 'the virtual provider denies it');
  return new KedgeError('launch.no-capacity', 'the virtual provider has no machine left');
}

function noReply(verb: string): KedgeError {
  return new KedgeError('driver.no-reply', `the virtual provider did not answer ${verb}`);
}
