import type { Apart, Problem, ProblemOffer } from '../model/problem.ts';
import type { LinearBuilder, Term } from './linear-builder.ts';
import type { Part } from './part.ts';

/** Of the requests, what a provider takes at least to count as one that serves. */
const SHARE_LEAST = 1e-4;

/** What must be spread: over providers within a task, over places between tasks. */
export function spreadRows(
  builder: LinearBuilder,
  { tasks, apart, offers }: Problem,
  parts: readonly Part[],
): void {
  const providerOf = ({ offer }: Part) => offers[offer]!.provider;
  for (const [index, { providersMin, shareMax }] of tasks.entries()) {
    if (providersMin <= 1 && shareMax >= 1) continue;
    const byProvider = Map.groupBy(
      parts.filter(({ task }) => task === index),
      providerOf,
    );
    if (providersMin > 1) addProvidersMin(builder, [...byProvider.values()], providersMin);
    if (shareMax < 1) addShareMax(builder, [...byProvider.values()], shareMax);
  }
  for (const one of apart) addApart(builder, one, { parts, offers });
}

/** A provider counts where it carries something: a machine that does nothing is no part of it. */
function addProvidersMin(
  builder: LinearBuilder,
  providers: readonly (readonly Part[])[],
  least: number,
): void {
  const counted = providers.map((parts) => {
    const column = builder.column({ upper: 1, whole: true });
    const isServing = parts.some(({ hired }) => hired.kind === 'serving');
    const carried = parts.flatMap(({ share, machines }) => (isServing ? share : machines));
    builder.row([...carried, { column, value: isServing ? -SHARE_LEAST : -1 }], { lower: 0 });
    return { column, value: 1 };
  });
  builder.row(counted, { lower: least });
}

/**
 * Of requests no provider takes more than its share. Of divisible work a provider may do more, as
 * whole machines must, but no more than its share counts.
 */
function addShareMax(
  builder: LinearBuilder,
  providers: readonly (readonly Part[])[],
  most: number,
): void {
  const counted = providers.flatMap((parts) => {
    const share = parts.flatMap((part) => part.share);
    const isServing = parts.some(({ hired }) => hired.kind === 'serving');
    if (isServing) builder.row(share, { upper: most });
    if (isServing || share.length === 0) return [];
    const column = builder.column({ upper: most, whole: false });
    builder.row([...share, { column, value: -1 }], { lower: 0 });
    return [{ column, value: 1 }];
  });
  if (counted.length > 0) builder.row(counted, { lower: 1 });
}

/** At each place at most one of the tasks. */
function addApart(
  builder: LinearBuilder,
  { tasks, by }: Apart,
  { parts, offers }: { readonly parts: readonly Part[]; readonly offers: readonly ProblemOffer[] },
): void {
  const members = new Set(tasks);
  const byPlace = Map.groupBy(
    parts.filter(({ task }) => members.has(task)),
    ({ offer }) => placeOf(offers[offer]!, by),
  );
  for (const here of byPlace.values()) {
    const byTask = [...Map.groupBy(here, ({ task }) => task).values()];
    if (byTask.length < 2) continue;
    const present = byTask.flatMap((own) => presence(builder, own));
    builder.row(present, { upper: 1 });
  }
}

/** 1 where any of the parts, all of one task, is hired: for a choice its own columns say so. */
function presence(builder: LinearBuilder, parts: readonly Part[]): readonly Term[] {
  if (parts.every(({ hired }) => hired.kind === 'choice')) {
    return parts.flatMap(({ machines }) => machines.map(({ column }) => ({ column, value: 1 })));
  }
  const column = builder.column({ upper: 1, whole: true });
  for (const { machines } of parts) {
    const most = builder.most(machines);
    builder.row([...machines, { column, value: -most }], { upper: 0 });
  }
  return [{ column, value: 1 }];
}

/** Names of regions and zones mean something within their provider; what has none is one place. */
export function placeOf(
  { provider, region, zone }: ProblemOffer,
  by: 'provider' | 'region' | 'zone',
): string {
  const names = { provider: [], region: [region], zone: [region, zone] }[by];
  return [provider, ...names.map((name) => name ?? '')].join('/');
}
