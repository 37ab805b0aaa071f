import type { ReadProblem } from './problem.ts';

/** What is wrong with a problem, and where: the keys and indices that lead there. */
export type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

type Task = ReadProblem['tasks'][number];
type Path = Fault['path'];

const NANOS_PER_USD = 1e9;
/** All costs together, in dollars: a hundredth of where exact integers of micro-dollars end. */
const COST_USD_MAX = 1e8;

/**
 * What the forms of the values cannot tell: references that lead nowhere, circles, what does not
 * fit together. Linear in the size of the problem.
 */
export function* problemFaults(problem: ReadProblem): Generator<Fault> {
  yield* offerFaults(problem);
  for (const [index, task] of problem.tasks.entries()) {
    yield* taskFaults(task, problem, index);
  }
  yield* circleFaults(problem);
  yield* transferFaults(problem);
  yield* routeFaults(problem);
  yield* apartFaults(problem);
  yield* costFaults(problem);
}

function* offerFaults({ offers, pools, objective }: ReadProblem): Generator<Fault> {
  const isCarbon = objective.minimize === 'carbon';
  const isPriced = objective.minimize === 'weighted' && objective.microsPerKilogram > 0;
  for (const [index, offer] of offers.entries()) {
    const path = ['offers', index];
    for (const [at, { pool }] of offer.uses.entries()) {
      yield* missing(pool, pools.length, { path: [...path, 'uses', at, 'pool'], what: 'pool' });
    }
    yield* twice(
      offer.uses.map(({ pool }) => pool),
      { path: [...path, 'uses'], what: 'pool' },
    );
    const times = offer.laterPrices.map(({ fromS }) => fromS);
    if (times.some((time, at) => at > 0 && time <= times[at - 1]!)) {
      yield { path: [...path, 'laterPrices'], message: 'prices must be in order of time' };
    }
    if ((isCarbon || isPriced) && offer.gramsPerHour === null) {
      yield { path: [...path, 'gramsPerHour'], message: 'is needed where carbon counts' };
    }
  }
}

function* taskFaults(
  { needs, work }: Task,
  { offers, tasks }: ReadProblem,
  index: number,
): Generator<Fault> {
  const path = ['tasks', index];
  for (const [at, need] of needs.entries()) {
    yield* missing(need, tasks.length, { path: [...path, 'needs', at], what: 'task' });
  }
  yield* twice(needs, { path: [...path, 'needs'], what: 'task' });
  const options = [...path, 'work', 'options'];
  for (const [at, { offer }] of work.options.entries()) {
    if (offer < offers.length) continue;
    yield* missing(offer, offers.length, { path: [...options, at, 'offer'], what: 'offer' });
  }
  if (work.kind === 'choice') return yield* extraFaults(work, offers, options);
  const named = work.options.map(({ offer }) => offer);
  yield* twice(named, { path: options, what: 'offer' });
  if (work.kind === 'serving') yield* bucketFaults(work, options);
}

/** No way pays for being taken. */
function* extraFaults(
  { options }: Extract<Task['work'], { kind: 'choice' }>,
  offers: ReadProblem['offers'],
  path: Path,
): Generator<Fault> {
  for (const [at, { offer, machines, hours, extraMicros }] of options.entries()) {
    if (extraMicros >= 0 || offers[offer] === undefined) continue;
    const { nanosPerHour, laterPrices } = offers[offer];
    const least = Math.min(nanosPerHour, ...laterPrices.map((later) => later.nanosPerHour));
    if (-extraMicros <= (least / 1000) * machines * hours + 1) continue;
    yield { path: [...path, at, 'extraMicros'], message: 'is below 0 by more than its hours cost' };
  }
}

function* bucketFaults(
  { rates, options }: Extract<Task['work'], { kind: 'serving' }>,
  path: Path,
): Generator<Fault> {
  for (const [at, { throughputs }] of options.entries()) {
    if (throughputs.length === rates.length) continue;
    const message = `has ${throughputs.length} buckets, and there are ${rates.length} rates`;
    yield { path: [...path, at, 'throughputs'], message };
  }
}

/**
 * Tasks are taken away as long as one waits for none that is left, for its end or its data; what
 * stays waits in a circle.
 */
function* circleFaults({ tasks, transfers }: ReadProblem): Generator<Fault> {
  const before = tasks.map(({ needs }) => new Set(needs.filter((need) => need < tasks.length)));
  for (const { from, to } of transfers) {
    if (from !== to && from < tasks.length) before[to]?.add(from);
  }
  const waiting = before.map((tasksBefore) => tasksBefore.size);
  const after: number[][] = tasks.map(() => []);
  for (const [index, tasksBefore] of before.entries()) {
    for (const task of tasksBefore) after[task]!.push(index);
  }
  const free = [...waiting.keys()].filter((index) => waiting[index] === 0);
  for (const index of free) {
    for (const next of after[index]!) if (--waiting[next]! === 0) free.push(next);
  }
  if (free.length === tasks.length) return;
  yield circleFault({ tasks, transfers }, before, new Set(free));
}

/** Told where the circle is closed: at a need of one of its tasks, else at data that it takes. */
function circleFault(
  { tasks, transfers }: Pick<ReadProblem, 'tasks' | 'transfers'>,
  before: readonly ReadonlySet<number>[],
  free: ReadonlySet<number>,
): Fault {
  const waitsFor = (task: number): number =>
    [...before[task]!].find((one) => !free.has(one)) ?? task;
  // Back from any of them: what comes again is part of the circle.
  const path = [[...tasks.keys()].find((index) => !free.has(index))!];
  while (!path.includes(waitsFor(path.at(-1)!))) path.push(waitsFor(path.at(-1)!));
  const circle = path.slice(path.indexOf(waitsFor(path.at(-1)!)));
  const nameOf = (task: number): string => tasks[task]!.name ?? `task ${task}`;
  const words = [...circle, circle[0]!].map(nameOf).join(' for ');
  const first = Math.min(...circle);
  const isNeeded = tasks[first]!.needs.includes(waitsFor(first));
  const given = transfers.findIndex(({ from, to }) => to === first && from === waitsFor(first));
  return {
    path: isNeeded ? ['tasks', first, 'needs'] : ['transfers', given],
    message: `tasks wait for each other in a circle: ${words}`,
  };
}

function* transferFaults({ transfers, tasks }: ReadProblem): Generator<Fault> {
  for (const [index, transfer] of transfers.entries()) {
    for (const end of ['from', 'to'] as const) {
      const path = ['transfers', index, end];
      const task = tasks[transfer[end]];
      if (task === undefined) yield* missing(transfer[end], tasks.length, { path, what: 'task' });
      else if (task.work.kind !== 'choice') {
        const message = `task ${transfer[end]} is of kind ${task.work.kind}; only choices hand over data`;
        yield { path, message };
      }
    }
    if (transfer.from === transfer.to) {
      yield { path: ['transfers', index], message: 'a task hands data to itself' };
    }
  }
}

function* routeFaults({ routes }: ReadProblem): Generator<Fault> {
  const seen = new Set<string>();
  for (const [index, { from, to }] of routes.entries()) {
    const key = JSON.stringify([from, to]);
    if (seen.has(key))
      yield { path: ['routes', index], message: `${from} to ${to} is there twice` };
    seen.add(key);
  }
}

function* apartFaults({ apart, tasks }: ReadProblem): Generator<Fault> {
  for (const [index, group] of apart.entries()) {
    const path = ['apart', index, 'tasks'];
    for (const [at, task] of group.tasks.entries()) {
      yield* missing(task, tasks.length, { path: [...path, at], what: 'task' });
    }
    yield* twice(group.tasks, { path, what: 'task' });
  }
}

/** Costs are added in exact integers, which end somewhere. */
function* costFaults({ tasks, offers }: ReadProblem): Generator<Fault> {
  const prices = offers.map((offer) => dearest(offer) / NANOS_PER_USD);
  const leastHours = offers.map(
    ({ billingIncrementS, billingMinimumS }) => Math.max(billingIncrementS, billingMinimumS) / 3600,
  );
  let sum = 0;
  for (const { work } of tasks) {
    let most = 0;
    for (const [at, { offer }] of work.options.entries()) {
      const hours = machineHours(work, at, leastHours[offer] ?? 0);
      most = Math.max(most, (prices[offer] ?? 0) * hours);
    }
    sum += most;
  }
  if (sum <= COST_USD_MAX) return;
  const message = `could cost $${sum.toPrecision(3)}; Kedge reckons up to $${COST_USD_MAX}`;
  yield { path: ['tasks'], message };
}

function dearest({ nanosPerHour, laterPrices }: ReadProblem['offers'][number]): number {
  return Math.max(nanosPerHour, ...laterPrices.map((later) => later.nanosPerHour));
}

/** What an option takes at most to do all of the work alone, roughly. */
function machineHours(work: Task['work'], at: number, least: number): number {
  if (work.kind === 'choice') {
    const { machines, hours } = work.options[at]!;
    return machines * (hours + least);
  }
  if (work.kind === 'divisible') return work.units / work.options[at]!.throughput + 1 + least;
  const { throughputs } = work.options[at]!;
  const machines = work.rates.reduce((sum, rate, bucket) => {
    const throughput = throughputs[bucket] ?? 0;
    return throughput === 0 ? sum : sum + rate / throughput;
  }, 1);
  return machines * (work.hours + least);
}

function* missing(
  index: number,
  count: number,
  { path, what }: { readonly path: Path; readonly what: string },
): Generator<Fault> {
  if (index < count) return;
  const known = count === 0 ? `there are no ${what}s` : `${what}s are 0 to ${count - 1}`;
  yield { path, message: `there is no ${what} ${index}: ${known}` };
}

function* twice(
  named: readonly number[],
  { path, what }: { readonly path: Path; readonly what: string },
): Generator<Fault> {
  if (new Set(named).size === named.length) return;
  const again = named.find((one, at) => named.indexOf(one) !== at);
  yield { path, message: `${what} ${again} is there twice` };
}
