import { KedgeError } from '../../../base/errors.ts';
import { rateFromUsd } from '../../../base/money.ts';
import type { Random } from '../../../base/rng.ts';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver, LogSlice, NodeRef, NodeSpec, Observation } from '../../../ports/driver.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Ledger } from './ledger.ts';
import type { FakeScript } from './script.ts';
import { type Ended, endOf, seenAt, stopTime, type VirtualMachine } from './virtual-machine.ts';

export type FakeDriverOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly script: FakeScript;
};

/** A provider of virtual machines in memory, with faults by script and a book of its own. */
export function fakeDriver(options: FakeDriverOptions): Driver {
  const cloud = new VirtualCloud(options);
  return {
    name: 'fake',
    check: async () => ({ place: 'fake', usable: true, reason: 'virtual machines', hint: null }),
    offers: async () => [OFFER],
    create: async (spec) => cloud.create(spec),
    observe: async (refs) => cloud.observe(refs),
    stop: async (ref, { graceMs }) => cloud.stop(ref, graceMs),
    readLog: async (ref, slice) => cloud.readLog(ref, slice),
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

class VirtualCloud {
  readonly #options: FakeDriverOptions;
  readonly #machinesByToken = new Map<string, VirtualMachine>();
  /** Stopped before they were created, never to be bought: when they were barred, by token. */
  readonly #barred = new Map<string, EpochMs>();
  /** Of those, the ones that a create has asked for since. */
  readonly #turnedAway = new Set<string>();
  readonly #calls = new Map<string, number>();
  readonly #written = new Set<string>();

  constructor(options: FakeDriverOptions) {
    this.#options = options;
  }

  create(spec: NodeSpec): void {
    const { ref } = spec;
    const now = this.#settle();
    const fault = this.#options.script.onCreate(ref, this.#count('create', ref));
    const isKnown = this.#barred.has(ref.token) || this.#machinesByToken.has(ref.token);
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
    const machine = this.#machinesByToken.get(ref.token);
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

  list(installationId: string): readonly NodeRef[] {
    const seen = this.#shown(this.#settle());
    const machines = [...this.#machinesByToken.values()];
    return machines
      .filter(({ spec, boughtAt }) => spec.installationId === installationId && boughtAt <= seen)
      .map(({ spec }) => spec.ref);
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
    const after = script.preemptedAfterMs(spec.ref);
    const preemptedAt = after === null ? null : asEpochMs(startsAt + after);
    const task = script.task(spec);
    const machine = { spec, task, boughtAt: now, startsAt, preemptedAt, stoppedAt: null };
    this.#machinesByToken.set(spec.ref.token, machine);
    ledger.write({ at: now, event: 'bought', ref: spec.ref });
  }

  /** Asked again, it never ends later than it was first asked to. */
  #terminate(machine: VirtualMachine, options: { now: EpochMs; graceMs: number }): void {
    const { ref } = machine.spec;
    const at = stopTime(machine, options);
    const stoppedAt = asEpochMs(Math.min(machine.stoppedAt ?? at, at));
    this.#options.ledger.write({ at: options.now, event: 'stopped', ref });
    this.#machinesByToken.set(ref.token, { ...machine, stoppedAt });
    this.#settle();
  }

  /** Enters into the book what has happened since the last call. */
  #settle(): EpochMs {
    const now = this.#options.clock.now();
    for (const machine of this.#machinesByToken.values()) {
      const end = endOf(machine);
      const hasEnded = end !== null && end.endedAt <= now;
      const hasStarted = machine.startsAt <= (hasEnded ? end.endedAt : now);
      if (hasStarted) this.#writeOnce('started', machine, machine.startsAt);
      if (hasEnded) this.#writeOnce('ended', machine, end.endedAt, end);
    }
    return now;
  }

  #writeOnce(event: 'started' | 'ended', { spec }: VirtualMachine, at: EpochMs, end?: Ended): void {
    const key = `${event} ${spec.ref.token}`;
    if (this.#written.has(key)) return;
    this.#written.add(key);
    this.#options.ledger.write({ at, event, ref: spec.ref, ...(end && { end }) });
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
