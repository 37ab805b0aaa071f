import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { type Term, times } from './linear-builder.ts';
import {
  carbonCounts,
  isUsable,
  machinesMax,
  microsOfSeconds,
  type Part,
  rowScale,
  type TaskParts,
  type TaskScope,
  WORKED_S,
} from './part.ts';
import { cheapestStart } from './start.ts';

type Option = DivisibleWork['options'][number] & { readonly index: number };

/** A part, and what it does of the work: units, or units times seconds. */
type Working = { readonly part: Part; readonly work: readonly Term[] };

/** Whole machines for an hour's price each, or whole billing increments of machines. */
export function divisibleParts(scope: TaskScope): TaskParts {
  const { work } = scope.problem.tasks[scope.task]!;
  assert(work.kind === 'divisible', 'these are the parts of divisible work');
  const perHour = work.per === 'hour';
  const need = perHour ? work.units * SECONDS_PER_HOUR : work.units;
  const working = work.options.flatMap((option, index) => {
    if (option.throughput <= 0 || !isUsable(scope.problem, option.offer)) return [];
    const own = { ...option, index };
    return perHour ? incrementPart(scope, own, need) : machinePart(scope, own, work.units);
  });
  const scale = rowScale(need);
  const done = working.flatMap(({ work: terms }) => times(terms, scale));
  const row = scope.builder.row(done, { lower: need * scale });
  const parts = working.map(({ part, work: terms }) => ({
    ...part,
    share: times(terms, 1 / need),
  }));
  return { parts, needRows: [{ row, factor: scale * (perHour ? SECONDS_PER_HOUR : 1) }] };
}

function machinePart(
  { builder, problem, task, windowS }: TaskScope,
  { offer, throughput, index }: Option,
  units: number,
): readonly Working[] {
  const latestS = windowS - SECONDS_PER_HOUR;
  const upper = Math.min(machinesMax(problem, offer), Math.ceil(units / throughput));
  if (latestS < 0 || upper < 1) return [];
  const column = builder.column({ upper, whole: true });
  const terms = problem.offers[offer]!;
  // A price is exact in a million machines, however it is rounded in one.
  const many = 1e6;
  const hired = { machines: many, hours: 1 };
  const { startS, micros } = cheapestStart(terms, hired, { earliestS: 0, latestS });
  const part: Part = {
    task,
    option: index,
    offer,
    machines: [{ column, value: 1 }],
    machineHours: [{ column, value: 1 }],
    micros: [{ column, value: micros / many }],
    share: [],
    hired: { kind: 'machines', column, startS },
  };
  return [{ part, work: [{ column, value: throughput }] }];
}

/**
 * Machines run whole increments, or until the window ends in an increment that it cuts off. The
 * number of machines is a column of its own only where something asks for it: else as few are
 * hired as the window allows, and increments alone are counted.
 */
function incrementPart(scope: TaskScope, option: Option, need: number): readonly Working[] {
  const { builder, problem, task, windowS } = scope;
  const { offer, throughput, index } = option;
  const terms = problem.offers[offer]!;
  const incrementS = terms.billingIncrementS;
  const enough = Math.ceil(need / (throughput * incrementS));
  const each = Math.min(enough, Math.floor(windowS / incrementS));
  const cutS = each === enough ? 0 : windowS - each * incrementS;
  const machinesLimit = Math.min(machinesMax(problem, offer), enough);
  if (machinesLimit < 1 || (each === 0 && cutS === 0)) return [];
  const increments =
    each === 0
      ? null
      : builder.column({ upper: Math.min(enough, each * machinesLimit), whole: true });
  const untilEnd = cutS === 0 ? null : builder.column({ upper: machinesLimit, whole: true });
  const seconds =
    increments !== null && countsSeconds(problem, offer)
      ? builder.column({ upper: enough * incrementS, whole: false })
      : null;
  if (seconds !== null) {
    builder.row([...one(seconds), ...one(increments, -incrementS)], { upper: 0 });
  }
  const run = seconds === null ? one(increments, incrementS) : one(seconds);
  const counted = isCounted(scope, offer);
  const machines =
    counted && increments !== null
      ? builder.column({ upper: Math.min(machinesLimit, enough), whole: true })
      : null;
  if (seconds !== null && machines !== null) {
    builder.row([...one(seconds), ...one(machines, -WORKED_S)], { lower: 0 });
  }
  const all = { increments, untilEnd, machines, each, machinesLimit };
  addMachineRows(scope, all);
  const part: Part = {
    task,
    option: index,
    offer,
    machines: [...one(machines), ...(counted ? one(untilEnd) : [])],
    machineHours: [
      ...times(run, 1 / SECONDS_PER_HOUR),
      ...one(untilEnd, windowS / SECONDS_PER_HOUR),
    ],
    micros: billedTerms(scope, all, offer),
    share: [],
    hired: { kind: 'increments', increments, seconds, untilEnd, windowS, incrementS, each },
  };
  const work = [...times(run, throughput), ...one(untilEnd, throughput * windowS)];
  return [{ part, work }];
}

type Columns = {
  readonly increments: number | null;
  readonly untilEnd: number | null;
  readonly machines: number | null;
  readonly each: number;
  readonly machinesLimit: number;
};

function addMachineRows(
  { builder }: TaskScope,
  { increments, untilEnd, machines, each, machinesLimit }: Columns,
): void {
  if (machines !== null) {
    builder.row([...one(increments), ...one(machines, -each)], { upper: 0 });
    builder.row([...one(increments), ...one(machines, -1)], { lower: 0 });
    if (untilEnd !== null && Number.isFinite(machinesLimit)) {
      builder.row([...one(machines), ...one(untilEnd)], { upper: machinesLimit });
    }
  } else if (increments !== null && untilEnd !== null && Number.isFinite(machinesLimit)) {
    const upper = each * machinesLimit;
    builder.row([...one(increments), ...one(untilEnd, each)], { upper });
  }
}

/**
 * What is billed, in micro-dollars. A machine pays for the minimum, or for its increments: of
 * increments spread evenly over machines that is the largest of three linear forms.
 */
function billedTerms(
  { builder, problem, windowS }: TaskScope,
  { increments, untilEnd, machines }: Columns,
  offer: number,
): readonly Term[] {
  const terms = problem.offers[offer]!;
  const { billingIncrementS: incrementS, billingMinimumS: minimumS } = terms;
  const untilEndS = billedSeconds(terms, windowS / SECONDS_PER_HOUR);
  const last = one(untilEnd, untilEnd === null ? 0 : microsOfSeconds(terms, untilEndS));
  if (increments === null) return last;
  if (minimumS <= incrementS || machines === null) {
    return [...one(increments, microsOfSeconds(terms, incrementS)), ...last];
  }
  const billed = builder.column({ upper: Infinity, whole: false });
  const free = Math.floor(minimumS / incrementS);
  const step = (free + 1) * incrementS - minimumS;
  const floors: readonly (readonly Term[])[] = [
    one(machines, minimumS),
    one(increments, incrementS),
    [...one(machines, minimumS - free * step), ...one(increments, step)],
  ];
  for (const floor of floors) builder.row([...one(billed), ...times(floor, -1)], { lower: 0 });
  return [...one(billed, microsOfSeconds(terms, 1)), ...last];
}

/**
 * Whether it matters that a machine may stop before its last increment ends: it is billed whole,
 * but pools of hours and carbon count what is used.
 */
function countsSeconds(problem: Problem, offer: number): boolean {
  const { billingIncrementS, uses } = problem.offers[offer]!;
  const hasHours = uses.some(({ pool }) => problem.pools[pool]!.per === 'machine-hour');
  return billingIncrementS > 1 && (hasHours || carbonCounts(problem));
}

/** Whether a limit, a wish or a minimum charge asks how many machines there are. */
function isCounted({ problem, task }: TaskScope, offer: number): boolean {
  const { limits, tasks, apart, offers, pools } = problem;
  const { billingIncrementS, billingMinimumS, available, uses } = offers[offer]!;
  const { limits: own, providersMin } = tasks[task]!;
  const isShared = tasks.some(
    ({ work }, other) => other !== task && work.options.some((option) => option.offer === offer),
  );
  return (
    billingMinimumS > billingIncrementS ||
    (available !== null && isShared) ||
    uses.some(({ pool, amount }) => pools[pool]!.per === 'machine' && amount > 0) ||
    limits.nanosPerHourMax !== null ||
    own.nanosPerHourMax !== null ||
    providersMin > 1 ||
    apart.some(({ tasks: members }) => members.includes(task))
  );
}

function one(column: number | null, value = 1): readonly Term[] {
  return column === null ? [] : [{ column, value }];
}
