import { rateFromUsd } from '../base/money.ts';
import { asEpochMs } from '../base/time.ts';
import type { CarriedModel } from './carried-model.ts';
import type { Offer } from './offer.ts';
import type { Plan, PlanAllocation } from './plan.ts';
import { DEFAULT_TENANT, type Move, type Run } from './run.ts';
import type { InlineOffer, Resources, Task, TaskFile } from './task.ts';

/** Builders for tests: nouns with plain values, of which a test states what it cares for. */
export function buildResources(parts: Partial<Resources> = {}): Resources {
  return {
    accelerators: [],
    cpus: null,
    memoryGib: null,
    instanceType: null,
    spot: null,
    places: [],
    imageId: null,
    diskGib: null,
    ports: [],
    maxNanosPerHour: null,
    ...parts,
  };
}

export function buildTask(parts: Partial<Task> = {}): Task {
  return {
    name: 'task',
    kind: 'run',
    origin: 'task',
    run: 'true',
    setup: null,
    workdir: null,
    fileMounts: {},
    envs: {},
    secrets: {},
    numNodes: 1,
    retries: 0,
    resources: [buildResources()],
    resourcesOrdered: false,
    model: null,
    training: null,
    serving: null,
    work: null,
    offers: [],
    accelerators: [],
    data: [],
    artifacts: [],
    goal: { minimize: 'cost', deadlineMs: null, budgetMicros: null, spot: 'allow' },
    placement: { allow: [], deny: [], residency: null },
    spread: null,
    checkpoint: null,
    progress: null,
    outputBytes: null,
    needs: null,
    notHonored: [],
    ...parts,
  };
}

/** Without `needs`, a serial chain. */
export function buildTaskFile(
  tasks: readonly Task[],
  needs: readonly (readonly number[])[] = tasks.map((_, index) => (index === 0 ? [] : [index - 1])),
): TaskFile {
  return { name: tasks[0]?.name ?? null, tasks, needs };
}

/** An 8 × H100 machine on demand at $8 an hour. */
export function buildOffer(parts: Partial<Offer> = {}): Offer {
  return {
    id: 'acme/eu-1/-/big/on-demand',
    place: 'acme/eu-1',
    provider: 'acme',
    region: 'eu-1',
    zone: null,
    instance: 'big',
    accelerator: 'H100',
    acceleratorCount: 8,
    acceleratorMemoryGib: 80,
    vcpus: 96,
    memoryGib: 1024,
    spot: false,
    nanosPerHour: rateFromUsd(8),
    available: null,
    billingIncrementS: 1,
    billingMinimumS: 0,
    estimated: false,
    launchable: false,
    source: 'test',
    asOf: '2026-01-01',
    ...parts,
  };
}

export function buildInlineOffer(name: string, usdPerHour: number, count: number): InlineOffer {
  return {
    name,
    nanosPerHour: rateFromUsd(usdPerHour),
    count,
    accelerator: null,
    acceleratorCount: 0,
    vcpus: null,
    memoryGib: null,
    region: null,
    spot: false,
  };
}

export function buildAllocation(parts: Partial<PlanAllocation> = {}): PlanAllocation {
  return {
    task: 0,
    taskName: 'task',
    offerId: 'local',
    place: 'local',
    provider: 'local',
    region: null,
    zone: null,
    instance: null,
    accelerator: null,
    acceleratorCount: 0,
    count: 1,
    spot: false,
    hours: null,
    nanosPerHour: rateFromUsd(0.01),
    billingIncrementS: 1,
    billingMinimumS: 0,
    costMicros: null,
    risk: null,
    estimated: true,
    launchable: true,
    source: 'test',
    asOf: '2026-01-01',
    reserves: null,
    ...parts,
  };
}

export function buildPlan(lines: readonly Partial<PlanAllocation>[] = [{}]): Plan {
  return {
    schema: 'kedge.plan/v1',
    name: 'task',
    minimize: 'cost',
    costMicros: null,
    nanosPerHour: rateFromUsd(0.01),
    hours: null,
    interval: null,
    bound: null,
    gap: null,
    currency: 'USD',
    allocations: lines.map(buildAllocation),
    alternatives: [],
    refusals: [],
  };
}

/** A run that was created, and nothing else. */
export function buildRun(parts: Partial<Run> = {}): Run {
  return {
    schema: 'kedge.run/v1',
    tenantId: DEFAULT_TENANT,
    runId: 'run_1',
    name: 'task',
    state: 'queued',
    reason: null,
    outcome: null,
    exitCode: null,
    stopRequested: false,
    stopReason: null,
    alarms: [],
    createdAt: asEpochMs(0),
    startedAt: null,
    endedAt: null,
    attempts: [],
    nodes: [],
    moves: [],
    ...parts,
  };
}

/** A move that was made. */
export function buildMove(parts: Partial<Move> = {}): Move {
  return {
    move: 1,
    allocation: 0,
    state: 'moved',
    line: buildAllocation(),
    reason: 'it runs there',
    bytes: 0,
    requestedAt: asEpochMs(0),
    delayedAt: null,
    endedAt: asEpochMs(0),
    ...parts,
  };
}

/** A decoder of some billion parameters, in a folder of its user. */
export function buildCarriedModel(
  counts: Partial<CarriedModel['architecture']> = {},
): CarriedModel {
  return {
    id: './own',
    architecture: {
      name: './own',
      family: 'decoder',
      layers: 32,
      hidden: 4096,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
      feedForward: 14_336,
      gated: true,
      vocab: 128_256,
      experts: 1,
      expertsPerToken: 1,
      routedLayers: 0,
      sharedFeedForward: 0,
      params: 8_030_261_248,
      activeParams: 8_030_261_248,
      matmulParams: 7_504_924_672,
      embeddingParams: 1_050_673_152,
      expertParams: 0,
      cachePerToken: 65_536,
      window: { layers: 16, tokens: 1024 },
      sample: null,
      ...counts,
    },
  };
}
