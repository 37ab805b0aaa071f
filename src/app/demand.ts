import { HOUR_MS } from '../base/time.ts';
import { GIB } from '../base/units.ts';
import { estimateDemand, type ModelBook } from '../core/demand/estimate-demand.ts';
import { fewestDevices } from '../core/demand/explain/choose-layout.ts';
import type { Demand, Interval, Layout } from '../spec/demand.ts';
import type { AcceleratorRequest, Amount, Resources, Task, TaskFile, Work } from '../spec/task.ts';

type NamedDemand = {
  readonly name: string | null;
  /** Names of the accelerators that the task itself describes. */
  readonly declared: readonly string[];
  /** Within which the task must end; null for no deadline. */
  readonly deadlineHours: number | null;
} & Demand;

/** What `kedge demand` prints: what each task of a file needs. */
export type DemandReport = {
  readonly schema: 'kedge.demand/v1';
  readonly tasks: readonly NamedDemand[];
};

/** The demand of each task, in the order of the file. Errors: those of `estimateDemand`. */
export function demandOf(file: TaskFile, models?: ModelBook): DemandReport {
  return reportOf(file.tasks.map((task) => ({ task, demand: estimateDemand(task, models) })));
}

/** Demands of tasks under their names. */
export function reportOf(
  tasks: readonly { readonly task: Task; readonly demand: Demand }[],
): DemandReport {
  const named = tasks.map(({ task: { name, goal, accelerators }, demand }) => ({
    name,
    declared: accelerators.map((own) => own.name),
    deadlineHours: goal.deadlineMs === null ? null : goal.deadlineMs / HOUR_MS,
    ...demand,
  }));
  return { schema: 'kedge.demand/v1', tasks: named };
}

/** The report as lines for a terminal of 80 columns. */
export function describeDemand(report: DemandReport): readonly string[] {
  return report.tasks.flatMap((task, index) => [...(index === 0 ? [] : ['']), ...taskLines(task)]);
}

const COLUMNS = 80;
/** Devices shown, and those that the task declares; the rest is in `-o json`. */
const ROWS_MAX = 20;

function taskLines(task: NamedDemand): string[] {
  const { name, basis, flops, notes } = task;
  const from = { resources: 'its resources', work: 'its work', model: 'its model' }[basis];
  const lines = [
    `${name ?? 'task'}: needs, by ${from}${task.numNodes > 1 ? `, on ${task.numNodes} nodes` : ''}`,
    ...(task.work === null ? [] : [`  work  ${workWords(task.work)}`]),
    ...resourceLines(task),
    ...(flops === null ? [] : [`  FLOPs  ${flopsWords(flops)}`]),
    ...layoutLines(task),
    ...(notes.length === 0 ? [] : ['', '  How this was reckoned:', ...notes.flatMap(noteLines)]),
  ];
  return lines.map((line) => (line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line));
}

function noteLines(note: string): string[] {
  return note.length + 2 > COLUMNS ? wrapped(note, '    ') : [`  ${note}`];
}

/** FLOPs follow from formulas; where an end differs from the middle, both are shown. */
function flopsWords({ low, mid, high }: Interval): string {
  const word = (value: number): string => value.toExponential(2).replace('e+', 'e');
  return low === high ? word(mid) : `${word(mid)} (${word(low)} to ${word(high)})`;
}

function workWords(work: Work): string {
  if ('hours' in work)
    return `${work.hours} h${work.on === null ? '' : ` on ${deviceWords(work.on)}`}`;
  const rates = Object.entries(work.throughput).map(([name, rate]) => `${name} ${rate}`);
  const per = work.per === 'hour' ? 'an hour' : 'a machine';
  return `${work.units} units; ${per}: ${rates.join(', ')}`;
}

function resourceLines({ resources, resourcesOrdered }: Demand): string[] {
  const stated = resources.map(resourceWords).filter((words) => words !== '');
  return stated.map((words, index) => {
    const head = index === 0 ? 'resources  ' : resourcesOrdered ? 'else       ' : 'or         ';
    return `  ${head}${words}`;
  });
}

function resourceWords({ accelerators, cpus, memoryGib, instanceType }: Resources): string {
  return [
    accelerators.map(deviceWords).join(' or '),
    cpus === null ? '' : `${amountWords(cpus)} vCPUs`,
    memoryGib === null ? '' : `${amountWords(memoryGib)} GiB`,
    instanceType ?? '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

function deviceWords({ name, count }: AcceleratorRequest): string {
  return `${name}:${count}`;
}

function amountWords({ value, atLeast }: Amount): string {
  return `${value}${atLeast ? '+' : ''}`;
}

/** For each device the fewest that carry the model, the fewest device-hours first. */
function layoutLines({ layouts, deadlineHours, declared }: NamedDemand): string[] {
  if (layouts.length === 0) return [];
  const kinds = new Set(layouts.map(({ accelerator }) => accelerator));
  const fewest = fewestDevices(layouts, deadlineHours);
  const none = [...kinds].filter((name) => !fewest.some((one) => one.accelerator === name));
  const shown = fewest.filter(
    ({ accelerator }, index) => index < ROWS_MAX || declared.includes(accelerator),
  );
  const rest = fewest.length - shown.length;
  return [
    '',
    deadlineHours === null
      ? '  The fewest devices that carry it, the least device time first; in brackets,'
      : `  The fewest that end within ${deadlineHours} h, the least device time first; in brackets,`,
    '  where 80 of 100 measurements should lie.',
    ...table(shown),
    ...(rest > 0 ? [`  … and ${rest} more kinds of device (-o json)`] : []),
    ...(none.length > 0 ? wrapped(`  None of these, however many: ${none.join(', ')}`) : []),
  ];
}

function table(layouts: readonly Layout[]): string[] {
  const isTimed = layouts.some(({ hours }) => hours !== null);
  const counts = layouts.some(({ samplesPerSecond }) => samplesPerSecond)
    ? 'SAMPLES/S'
    : 'TOKENS/S';
  const headings = ['DEVICES', 'TP×DP', 'GIB EACH', counts, ...(isTimed ? ['TIME'] : [])];
  const rows = [headings, ...layouts.map((layout) => cells(layout, isTimed))];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => {
    const padded = row.map((cell, column) => cell.padEnd(widths[column]!));
    return `  ${padded.join('  ').trimEnd()}`;
  });
}

function cells(layout: Layout, isTimed: boolean): string[] {
  const { accelerator, devices } = layout;
  const { memoryBytesPerDevice: memory, acceleratorMemoryGib, hours } = layout;
  const speed = layout.tokensPerSecond ?? layout.samplesPerSecond ?? null;
  const gib = (bytes: number): string => (bytes / GIB).toFixed(0);
  return [
    `${devices} × ${accelerator}`,
    splitWords(layout),
    `${gib(memory.mid)} (${gib(memory.low)}–${gib(memory.high)}) of ${acceleratorMemoryGib}`,
    speed === null ? '' : Math.round(speed.mid).toString(),
    ...(isTimed && hours !== null ? [timeWords(hours)] : []),
  ];
}

/** `4×2`; of a mixture that is served so, `1×8 EP8`: attention in 8 copies, experts over 8 devices. */
function splitWords({ tensorParallel, dataParallel, serving }: Layout): string {
  if (serving === undefined) return `${tensorParallel}×${dataParallel}`;
  const { pipelineParallel, attentionDataParallel, expertParallel } = serving;
  return [
    `${tensorParallel}×${dataParallel * attentionDataParallel}`,
    ...(pipelineParallel > 1 ? [`PP${pipelineParallel}`] : []),
    ...(expertParallel > 1 ? [`EP${expertParallel}`] : []),
  ].join(' ');
}

/** `4.8 h (3.7–8.8)`; minutes below an hour. */
function timeWords({ low, mid, high }: Interval): string {
  const [unit, scale] = mid < 1 ? ['min', 60] : ['h', 1];
  const word = (hours: number): string => {
    const value = hours * scale;
    return value < 10 ? value.toFixed(1) : value.toFixed(0);
  };
  return `${word(mid)} ${unit} (${word(low)}–${word(high)})`;
}

/** Words of one line over as many as they take, the further ones as far in as they should be. */
function wrapped(text: string, margin = '  '): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.trimStart().split(' ')) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = margin.slice(1);
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
