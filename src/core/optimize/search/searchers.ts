import type { ProblemTask } from '../model/problem.ts';
import type { Searcher } from './searcher.ts';

/** A searcher by its name; its module is loaded when it is asked. */
export type SearcherEntry = {
  readonly name: string;
  /** What it does with a problem, for people. */
  readonly how: string;
  /** It refuses problems with work of another kind; it need not be loaded to say so. */
  readonly kind?: ProblemTask['work']['kind'];
  /** It is made for so many tasks and more; for fewer, others are asked first. */
  readonly tasksMin?: number;
  /** It may have nothing when its time is over. */
  readonly mayBeLate?: true;
  readonly load: () => Promise<Searcher>;
};

/** Every searcher, the one that makes most of a problem's structure first: so `auto` asks them. */
export const SEARCHERS: readonly SearcherEntry[] = [
  {
    name: 'parts',
    how: 'solves what is independent by itself, and adds up',
    tasksMin: 2,
    load: async () => (await import('./parts-searcher.ts')).partsSearcher,
  },
  {
    name: 'enumerate',
    how: 'compares every way of every task',
    kind: 'choice',
    load: async () => (await import('./enumerate.ts')).enumerateSearcher,
  },
  {
    name: 'cover',
    how: 'covers the work exactly around the price of a unit of it',
    kind: 'divisible',
    load: async () => (await import('../cover/cover-searcher.ts')).coverSearcher,
  },
  {
    name: 'fastest-cover',
    how: 'finds the shortest deadline within which the work can be covered',
    kind: 'divisible',
    load: async () => (await import('./fastest-cover.ts')).fastestCover,
  },
  {
    name: 'coupled-covers',
    how: 'prices what tasks share, and covers each at those prices (column generation)',
    kind: 'divisible',
    tasksMin: 2,
    load: async () => (await import('../cover/coupled-searcher.ts')).coupledSearcher,
  },
  {
    name: 'serving',
    how: 'branches over how many machines of each kind',
    kind: 'serving',
    load: async () => (await import('../serving/serving-searcher.ts')).servingSearcher,
  },
  {
    name: 'dag',
    how: 'finds the best place of each task by dynamic programming, else by branch and bound',
    kind: 'choice',
    load: async () => (await import('../dag/dag-searcher.ts')).dag,
  },
  {
    name: 'alone',
    how: 'solves what only shares what is limited each by itself, and looks if there is enough',
    tasksMin: 2,
    load: async () => (await import('./parts-searcher.ts')).looseSearcher,
  },
  {
    name: 'narrowed',
    how: 'solves exactly over the few best offers of each provider',
    mayBeLate: true,
    load: async () => (await import('./narrowed.ts')).narrowed,
  },
  {
    name: 'exact',
    how: 'solves a mixed-integer linear program with HiGHS',
    mayBeLate: true,
    load: async () => presolving((await import('../exact/exact-searcher.ts')).exact),
  },
  {
    name: 'flat-prices',
    how: 'waits for a step of prices, and takes each as the dearest from then on',
    mayBeLate: true,
    load: async () => (await import('./flat-prices.ts')).flatPrices,
  },
  {
    name: 'genetic',
    how: 'breeds answers on islands, repairing each',
    load: async () => presolving((await import('../genetic/genetic-searcher.ts')).genetic),
  },
  {
    name: 'lbfgs',
    how: 'descends on a smooth cost of shares, and rounds up',
    kind: 'serving',
    load: async () => (await import('../continuous/lbfgs-searcher.ts')).lbfgsSearcher,
  },
];

async function presolving(searcher: Searcher): Promise<Searcher> {
  return (await import('./presolved.ts')).presolved(searcher);
}
