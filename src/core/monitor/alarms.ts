import { type Micros, showMicros } from '../../base/money.ts';
import { type EpochMs, formatDuration, MINUTE_MS } from '../../base/time.ts';
import { formatBytes } from '../../base/units.ts';
import { type Alarm, type AlarmKind, type AlarmSubject, isSameAlarm } from '../../spec/alarm.ts';
import type { NewEvent } from '../../spec/event.ts';
import type { NodeSeries } from '../../spec/sample.ts';
import type { Progress } from '../../spec/top.ts';
import { usageOf } from './usage.ts';

const STALL_MS = 5 * MINUTE_MS;
/** Shorter, a run has not shown yet what it needs. */
const IDLE_MS_MIN = 5 * MINUTE_MS;

/**
 * Each alarm is raised at one mark and cleared at another: what wavers about a mark is told once.
 * Shares of a limit, or of what is hired.
 */
const MARKS = {
  memory: { raise: 0.9, clear: 0.8 },
  budget: { raise: 1, clear: 0.95 },
  deadline: { raise: 1, clear: 0.95 },
  idle: { raise: 0.3, clear: 0.4 },
  idleGpu: { raise: 0.1, clear: 0.15 },
} as const;

/** What is found of one subject and kind: on, off, or neither, which leaves it as it is. */
export type Verdict = AlarmSubject & {
  readonly is: 'on' | 'off' | 'between';
  readonly reason: string;
};

/** The events that bring the alarms of a run to what was found; none where nothing changes. */
export function alarmEvents(
  raised: readonly Alarm[],
  verdicts: readonly Verdict[],
): readonly NewEvent[] {
  return verdicts.flatMap(({ is, ...data }): NewEvent[] => {
    const isRaised = raised.some((alarm) => isSameAlarm(alarm, data));
    if (is === 'on' && !isRaised) return [{ type: 'alarm.raised', data }];
    if (is === 'off' && isRaised) return [{ type: 'alarm.cleared', data }];
    return [];
  });
}

export type NodeFacts = {
  readonly series: NodeSeries;
  readonly now: EpochMs;
  /** Devices of its machine that are paid for. */
  readonly gpusHired: number;
};

/** What is wrong with one node. */
export function judgeNode({ series, now, gpusHired }: NodeFacts): readonly Verdict[] {
  const { allocation, attempt, rank } = series;
  const subject = { allocation, attempt, rank };
  const found = [stall(series, now), ...memory(series), ...idle(series, gpusHired)];
  return found.map((one) => ({ ...subject, ...one }));
}

type Found = Omit<Verdict, 'allocation' | 'attempt' | 'rank'>;

function stall({ lastActiveAt }: NodeSeries, now: EpochMs): Found {
  const quietMs = now - lastActiveAt;
  if (quietMs >= STALL_MS) {
    const reason = `no output and no CPU for ${formatDuration(quietMs)}`;
    return { kind: 'stall', is: 'on', reason };
  }
  return { kind: 'stall', is: 'off', reason: 'it does something again' };
}

function memory(series: NodeSeries): readonly Found[] {
  const used = series.rings.recent.points.at(-1)?.memoryMax ?? null;
  const limit = series.memoryLimitBytes;
  if (used === null || limit === null) return [];
  const share = used / limit;
  const reason = `at ${percent(share)} of its limit: ${formatBytes(used)} of ${formatBytes(limit)}`;
  return [above('memory', { share, marks: MARKS.memory, reason })];
}

/** Peaks, not means: what is hired must carry them. */
function idle(series: NodeSeries, gpusHired: number): readonly Found[] {
  const usage = usageOf(series);
  if (usage.sampledMs < IDLE_MS_MIN) return [];
  const kind = 'over-provisioned' as const;
  const { gpuMean, cpuPeakCores, cpuLimitCores, memoryPeakBytes, memoryLimitBytes } = usage;
  if (gpusHired > 0 && gpuMean !== null) {
    const reason = `its devices are busy for ${percent(gpuMean)} of the time`;
    return [below(kind, { share: gpuMean, marks: MARKS.idleGpu, reason })];
  }
  if (cpuPeakCores === null || cpuLimitCores === null) return [];
  if (memoryPeakBytes === null || memoryLimitBytes === null) return [];
  const [cpu, bytes] = [cpuPeakCores / cpuLimitCores, memoryPeakBytes / memoryLimitBytes];
  const reason = `at its peak it uses ${percent(cpu)} of its cores and ${percent(bytes)} of its memory`;
  return [below(kind, { share: Math.max(cpu, bytes), marks: MARKS.idle, reason })];
}

export type TaskFacts = {
  readonly allocation: number;
  readonly now: EpochMs;
  readonly runCreatedAt: EpochMs;
  /** From what its progress tells, else from the plan; null where neither does. */
  readonly endsAt: Progress['endsAt'];
  readonly deadlineMs: number | null;
  readonly budgetMicros: Micros | null;
  /** What it will have cost by then. */
  readonly costMicros: Micros | null;
};

/** What is wrong with a task as a whole, told of its first line. */
export function judgeTask(facts: TaskFacts): readonly Verdict[] {
  const { allocation } = facts;
  const found = [...deadline(facts), ...budget(facts)];
  return found.map((one) => ({ allocation, attempt: null, rank: null, ...one }));
}

function deadline({ endsAt, deadlineMs, runCreatedAt }: TaskFacts): readonly Found[] {
  if (endsAt === null || deadlineMs === null) return [];
  const takesMs = endsAt - runCreatedAt;
  const lateMs = takesMs - deadlineMs;
  const marks = MARKS.deadline;
  const reason =
    lateMs > 0
      ? `it will end ${formatDuration(lateMs)} after its deadline of ${formatDuration(deadlineMs)}`
      : `it will end ${formatDuration(-lateMs)} before its deadline`;
  return [above('deadline', { share: takesMs / deadlineMs, marks, reason })];
}

function budget({ budgetMicros, costMicros }: TaskFacts): readonly Found[] {
  if (budgetMicros === null || costMicros === null || budgetMicros === 0) return [];
  const reason = `to its end it will cost ${showMicros(costMicros)} of a budget of ${showMicros(budgetMicros)}`;
  return [above('budget', { share: costMicros / budgetMicros, marks: MARKS.budget, reason })];
}

type Measured = {
  readonly share: number;
  readonly marks: { readonly raise: number; readonly clear: number };
  readonly reason: string;
};

/** A limit is reached from its mark on; what is to come must be beyond it. */
function above(kind: AlarmKind, { share, marks, reason }: Measured): Found {
  const isOn = kind === 'memory' ? share >= marks.raise : share > marks.raise;
  return { kind, is: isOn ? 'on' : share < marks.clear ? 'off' : 'between', reason };
}

function below(kind: AlarmKind, { share, marks, reason }: Measured): Found {
  const is = share < marks.raise ? 'on' : share > marks.clear ? 'off' : 'between';
  return { kind, is, reason };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
