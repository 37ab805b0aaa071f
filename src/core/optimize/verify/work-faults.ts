import type { ChoiceWork, DivisibleWork, Problem, ServingWork } from '../model/problem.ts';
import { nameOf, type ReadLine } from './read-line.ts';
import { isAtMost, LOAD_TOLERANCE, TOLERANCE } from './tolerance.ts';

/*
 * Problem: whether the lines of one task do its work, spread over providers as it wishes.
 * Method: the definitions of model/problem.ts, multiplied out.
 * Complexity: O(lines × buckets).
 */

type Work<Kind> = {
  readonly name: string;
  readonly work: Kind;
  readonly lines: readonly ReadLine[];
  readonly shareMax: number;
};

/** What is wrong with the lines of a task, as sentences. */
export function workFaults(
  problem: Problem,
  index: number,
  lines: readonly ReadLine[],
): readonly string[] {
  const { work, shareMax, providersMin } = problem.tasks[index]!;
  const name = nameOf(problem, index);
  const faults = providerFaults(lines, { name, providersMin });
  const all = { name, lines, shareMax };
  switch (work.kind) {
    case 'choice':
      return [...choiceFaults({ ...all, work }), ...faults];
    case 'divisible':
      return [...divisibleFaults({ ...all, work }), ...faults];
    case 'serving':
      return [...servingFaults({ ...all, work }), ...faults];
  }
}

/** Exactly one option, as it is. */
function choiceFaults({ name, work, lines }: Work<ChoiceWork>): readonly string[] {
  const [only] = lines;
  if (only === undefined || lines.length > 1) {
    return [`${name} is on ${lines.length} options, and needs exactly one`];
  }
  const { line, offer } = only;
  const option = work.options[line.option]!;
  const faults = sharesFaults(name, lines);
  if (line.machines !== option.machines || line.hours !== option.hours) {
    const is = `${line.machines} × ${offer.id} for ${line.hours} h`;
    faults.push(`${name} is on ${is}, which is not its option ${line.option}`);
  }
  if (line.startS < option.startS) {
    faults.push(`${name} begins at second ${line.startS}, before its option: ${option.startS}`);
  }
  return faults;
}

/** Σ throughput × machines × hours ≥ units, of which no provider needs to do more than its share. */
function divisibleFaults({ name, work, lines, shareMax }: Work<DivisibleWork>): readonly string[] {
  const faults = sharesFaults(name, lines);
  for (const { line, offer } of lines) {
    if (work.per === 'machine' && line.hours !== 1) {
      faults.push(`${name} hires ${offer.id} for ${line.hours} h, and its work is per machine`);
    }
  }
  const byProvider = sumByProvider(lines, (line) => unitsDone(work, line));
  const done = sum([...byProvider.values()]);
  if (!isAtMost(work.units, done)) {
    faults.push(`${done} of the ${work.units} units of ${name} are done`);
    return faults;
  }
  const most = shareMax * work.units;
  const shared = sum([...byProvider.values()].map((units) => Math.min(units, most)));
  if (!isAtMost(work.units, shared)) {
    const allowed = `${shareMax * 100} %`;
    faults.push(
      `no provider may do more than ${allowed} of ${name}, so that ${shared} units count`,
    );
  }
  return faults;
}

function unitsDone({ per, options }: DivisibleWork, { line, workedS }: ReadLine): number {
  const each = options[line.option]!.throughput * line.machines;
  return per === 'machine' ? each : (each * workedS) / 3600;
}

/** Each bucket is shared out whole, and every machine carries what it takes, all the time. */
function servingFaults({ name, work, lines, shareMax }: Work<ServingWork>): readonly string[] {
  const buckets = work.rates.length;
  for (const { line } of lines) {
    if (line.shares?.length !== buckets) {
      return [
        `${name} has ${buckets} buckets, its line on option ${line.option} not so many shares`,
      ];
    }
    if (line.shares.some((share) => !(share >= 0))) {
      return [`${name} has a negative share on option ${line.option}`];
    }
  }
  const totals = work.rates.map((_, bucket) => sum(lines.map(({ line }) => line.shares![bucket]!)));
  const faults = work.rates.flatMap((rate, bucket) => {
    const total = totals[bucket]!;
    if (rate === 0 || Math.abs(total - 1) <= LOAD_TOLERANCE) return [];
    return [`the shares of bucket ${bucket} of ${name} sum to ${total}`];
  });
  if (faults.length > 0) return faults;
  return [
    ...lines.flatMap((line) => loadFaults(line, { name, work, totals })),
    ...spreadFaults({ name, work, lines, shareMax }, totals),
  ];
}

/** Σ_b rate_b · x_b / throughput_b ≤ machines, where x are shares of exactly the whole. */
function loadFaults(
  { line, offer }: ReadLine,
  { name, work, totals }: { name: string; work: ServingWork; totals: readonly number[] },
): readonly string[] {
  const { throughputs } = work.options[line.option]!;
  const faults: string[] = [];
  if (line.hours !== work.hours) {
    faults.push(`${name} hires ${offer.id} for ${line.hours} h, and serves ${work.hours} h`);
  }
  let load = 0;
  work.rates.forEach((rate, bucket) => {
    const share = line.shares![bucket]!;
    if (rate === 0 || share === 0) return;
    load += (rate * share) / totals[bucket]! / throughputs[bucket]!;
  });
  if (load === Infinity) faults.push(`${name} gives ${offer.id} requests that it cannot take`);
  else if (!isAtMost(load, line.machines, LOAD_TOLERANCE)) {
    faults.push(`${name} loads ${line.machines} × ${offer.id} with the work of ${load}`);
  }
  return faults;
}

/** One start for all, and no provider with more than its share of the requests. */
function spreadFaults(
  { name, work, lines, shareMax }: Work<ServingWork>,
  totals: readonly number[],
): readonly string[] {
  const faults: string[] = [];
  if (lines.some(({ line }) => line.startS !== lines[0]!.line.startS)) {
    faults.push(`${name} serves from several moments on`);
  }
  const requests = (line: ReadLine): number =>
    sum(
      work.rates.map((rate, bucket) =>
        rate === 0 ? 0 : (rate * line.line.shares![bucket]!) / totals[bucket]!,
      ),
    );
  const most = shareMax * sum(work.rates);
  for (const [provider, taken] of sumByProvider(lines, requests)) {
    if (isAtMost(taken, most, LOAD_TOLERANCE)) continue;
    faults.push(`${provider} takes ${taken} requests a second of ${name}, at most ${most} may be`);
  }
  return faults;
}

function providerFaults(
  lines: readonly ReadLine[],
  { name, providersMin }: { readonly name: string; readonly providersMin: number },
): readonly string[] {
  const providers = new Set(lines.filter(carries).map(({ offer }) => offer.provider));
  if (providersMin <= 1 || providers.size >= providersMin) return [];
  return [`${name} is with ${providers.size} providers, and wants ${providersMin}`];
}

/** A machine that does nothing is no part of the work. */
function carries({ line, workedS, task: { work } }: ReadLine): boolean {
  if (work.kind === 'choice') return true;
  if (work.kind === 'serving') return line.shares?.some((share) => share > TOLERANCE) === true;
  return workedS > 0 && work.options[line.option]!.throughput > 0;
}

function sharesFaults(name: string, lines: readonly ReadLine[]): string[] {
  return lines.some(({ line }) => line.shares !== null)
    ? [`${name} has shares, and serves no requests`]
    : [];
}

function sumByProvider(
  lines: readonly ReadLine[],
  of: (line: ReadLine) => number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const { provider } = line.offer;
    sums.set(provider, (sums.get(provider) ?? 0) + of(line));
  }
  return sums;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
