import { type EpochMs, formatDuration, isoTime } from '../base/time.ts';
import { formatBytes } from '../base/units.ts';
import type { Run } from '../spec/run.ts';
import type { NodeSeries, Point, Ring } from '../spec/sample.ts';
import type { Progress, RunSamples } from '../spec/top.ts';
import { sparkline } from './sparkline.ts';

type Marks = { readonly width: number; readonly marks: string };

/** Of more nodes, the first ones: `-o json` has all. */
const NODES_MAX = 4;
/** Right of a sparkline comes what it says in numbers. */
const SPARK_WIDTH_MAX = 40;
const LATE_SLOTS_MAX = 3;

/** A line on each thing that is wrong with a run. */
export function alarmLines({ alarms }: Pick<Run, 'alarms'>): string[] {
  return alarms.map(({ kind, rank, reason }) => {
    return `alarm    ${kind}${rank === null ? '' : `, node ${rank}`}: ${reason}`;
  });
}

/** Lines on what the nodes of a run's last attempts used, drawn over their lives. */
export function usageLines(
  { nodes }: RunSamples,
  options: { readonly columns: number; readonly marks: string; readonly now: EpochMs },
): string[] {
  const latest = nodes.filter(({ series }) => isLatest(series, nodes));
  const shown = latest.slice(0, NODES_MAX);
  const width = Math.min(SPARK_WIDTH_MAX, Math.max(10, Math.floor(options.columns / 3)));
  const lines = shown.flatMap(({ series, progress }) => [
    ...(latest.length > 1 ? [`node     ${series.allocation}, rank ${series.rank}`] : []),
    ...nodeLines(series, { width, marks: options.marks }),
    ...(progress === null ? [] : [`progress ${describeProgress(progress, options.now)}`]),
  ]);
  const left = latest.length - shown.length;
  return left > 0 ? [...lines, `         ${left} more nodes: see -o json`] : lines;
}

function isLatest(series: NodeSeries, nodes: RunSamples['nodes']): boolean {
  return nodes.every(({ series: other }) => {
    return other.allocation !== series.allocation || other.attempt <= series.attempt;
  });
}

function nodeLines(series: NodeSeries, marks: Marks): string[] {
  const { life } = series.rings;
  const line = (name: string, of: keyof Point, words: string | null): string[] => {
    if (words === null) return [];
    return [`${name.padEnd(8)} ${sparkline(valuesOf(life, of), marks)}  ${words}`];
  };
  return [
    ...line('cpu', 'cpuMax', cpuWords(series)),
    ...line('memory', 'memoryMax', memoryWords(series)),
    ...line('gpu', 'gpuMax', gpuWords(series)),
  ];
}

/** By slot, with null where nobody has looked; looks that come a bit late leave no gap. */
function valuesOf({ stepMs, points }: Ring, name: keyof Point): (number | null)[] {
  const values: (number | null)[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const missed = before === undefined ? 0 : Math.round((point.at - before.at) / stepMs) - 1;
    const gap = missed > LATE_SLOTS_MAX || before === undefined ? null : before[name];
    values.push(...Array.from({ length: missed }, () => gap), point[name]);
  }
  return values;
}

function cpuWords({ cpuMeanCores, cpuPeakCores, cpuLimitCores }: NodeSeries): string | null {
  if (cpuMeanCores === null || cpuPeakCores === null) return null;
  const limit = cpuLimitCores === null ? '' : ` of ${cores(cpuLimitCores)}`;
  return `${cores(cpuMeanCores)} cores, at most ${cores(cpuPeakCores)}${limit}`;
}

function memoryWords({ memoryPeakBytes, memoryLimitBytes }: NodeSeries): string | null {
  if (memoryPeakBytes === null) return null;
  const limit = memoryLimitBytes === null ? '' : ` of ${formatBytes(memoryLimitBytes)}`;
  return `at most ${formatBytes(memoryPeakBytes)}${limit}`;
}

function gpuWords({ gpuMean, gpuMemoryPeakBytes, gpuCount }: NodeSeries): string | null {
  if (gpuMean === null) return null;
  const memory = gpuMemoryPeakBytes === null ? '' : `, at most ${formatBytes(gpuMemoryPeakBytes)}`;
  return `${percent(gpuMean)} of ${gpuCount}${memory}`;
}

/** `42%, ends in 12m (11m to 14m), at 14:05 UTC`. */
export function describeProgress({ done, endsAt, lowAt, highAt }: Progress, now: EpochMs): string {
  if (endsAt === null || lowAt === null || highAt === null || done >= 1) return percent(done);
  const inMs = (at: EpochMs): string => formatDuration(Math.max(0, at - now));
  const clock = isoTime(endsAt).slice(11, 16);
  return `${percent(done)}, ends in ${inMs(endsAt)} (${inMs(lowAt)} to ${inMs(highAt)}), at ${clock} UTC`;
}

/** Rounded down: what is not done is never shown as 100 %. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-9) >= 1000 ? 100 : Math.floor(share * 1000 + 1e-9) / 10}%`;
}

export function cores(count: number): string {
  return count.toFixed(count < 10 ? 1 : 0);
}
