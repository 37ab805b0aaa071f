import { machineMicros } from '../cover/cover-items.ts';
import type { Answer, Duals, ProblemCertificate } from '../model/answer.ts';
import type { CountPrices, CoverBound, CoverTree, JointRow } from '../model/cover-proof.ts';
import type { Problem } from '../model/problem.ts';
import { type Alike, alikeOffers } from './alike-offers.ts';
import { dominatedOffers } from './dominated-offers.ts';
import { usefulMachines } from './useful-machines.ts';

/*
 * Problem: the same optimum with fewer offers, options and pools.
 * Method: offers that can do nothing or that another beats in all that matters are left out;
 * offers that are the same are one; no more machines are available than all tasks together have a
 * use for; pools that cannot run out are left out. Each says who it stands for, so that answers and
 * certificates can be told in terms of the problem that was given.
 * Complexity: O(options + offers × kept dominators).
 * Reference: Savelsbergh, Preprocessing and probing techniques for mixed integer programming
 * problems (ORSA J. Computing 6, 1994); dominance after Kellerer, Pferschy, Pisinger, Knapsack
 * Problems (2004), section 3.2.
 */

export type Presolved = {
  readonly problem: Problem;
  /** Of each offer that is left: those of the given problem that it stands for, the first being it. */
  readonly offers: readonly (readonly number[])[];
  /** Of each pool that is left, its index in the given problem. */
  readonly pools: readonly number[];
  /** Of each task and each option that is left, the offer's options in the given problem. */
  readonly options: readonly (readonly (readonly number[])[])[];
  /** Offers left out because of another one of the given problem. */
  readonly beaten: readonly { readonly offer: number; readonly by: number }[];
};

/** What an answer to the result costs, it costs as an answer to the given problem. */
export function presolve(given: Problem): Presolved {
  const alike = alikeOffers(given);
  const beaten = dominatedOffers(given, alike);
  const gone = new Set(beaten.map(({ offer }) => offer));
  const used = usedOffers(given);
  const offers = alike.filter(([first]) => !gone.has(first!) && used.has(first!));
  const places = new Map(offers.map(([first], place) => [first!, place]));
  const pools = bindingPools(given, offers);
  const options = given.tasks.map(({ work }) => keptOptions(work.options, { offers, places }));
  const tasks = given.tasks.map((task, index) => {
    const kept = options[index]!.map(([first]) => task.work.options[first!]!);
    const placed = kept.map((option) => ({ ...option, offer: places.get(option.offer)! }));
    return { ...task, work: { ...task.work, options: placed } } as typeof task;
  });
  const problem = {
    ...given,
    tasks,
    pools: pools.map((pool) => given.pools[pool]!),
    offers: offers.map((members) => mergedOffer(given, members, pools)),
  };
  return { problem: usefulMachines(problem), offers, pools, options, beaten };
}

/** The answer in terms of the given problem: machines of offers that are one are shared out. */
export function restoreAnswer(
  given: Problem,
  { offers, options, problem }: Presolved,
  { lines }: Answer,
): Answer {
  const hired = given.offers.map(() => 0);
  const restored = lines.flatMap((line) => {
    const { offer } = problem.tasks[line.task]!.work.options[line.option]!;
    const members = offers[offer]!;
    let left = line.machines;
    return members.flatMap((member, index) => {
      const { available } = given.offers[member]!;
      const machines = Math.min(left, (available ?? Infinity) - hired[member]!);
      if (machines <= 0) return [];
      left -= machines;
      hired[member]! += machines;
      return [{ ...line, option: options[line.task]![line.option]![index]!, machines }];
    });
  });
  return { lines: restored };
}

/** The certificate in terms of the given problem. Null for a search whose splits would not be the same. */
export function restoreCertificate(
  given: Problem,
  presolved: Presolved,
  certificate: ProblemCertificate,
): ProblemCertificate | null {
  if (certificate.proof === 'tree') return null;
  if (certificate.proof !== 'duals') return certificate;
  const { covers } = certificate;
  return {
    ...certificate,
    duals: restoreDuals(given, presolved, certificate.duals),
    ...(covers === undefined ? {} : { covers: restoreCovers(given, presolved, covers) }),
  };
}

/**
 * Each offer at the price of the one it was part of. Where only what is of use was available, none:
 * a price adds no more to the covers of all tasks than that many machines are worth.
 */
function restoreDuals(given: Problem, presolved: Presolved, duals: Duals): Duals {
  const { offers, pools, beaten } = presolved;
  const prices = new Map(
    duals.offers.flatMap(({ offer, price }) => {
      const { available } = mergedOffer(given, offers[offer]!, []);
      const isTrimmed = available !== presolved.problem.offers[offer]!.available;
      return isTrimmed ? [] : offers[offer]!.map((member) => [member, price] as const);
    }),
  );
  // What is beaten is worth no more than what beats it.
  for (const { offer, by } of beaten) {
    const price = prices.get(by);
    if (price !== undefined) prices.set(offer, price);
  }
  return {
    ...duals,
    offers: [...prices].map(([offer, price]) => ({ offer, price })),
    pools: given.pools.map((_, pool) => {
      const place = pools.indexOf(pool);
      return place < 0 ? { of: 0, per: 1 } : duals.pools[place]!;
    }),
  };
}

/** The same for prices by count: machines of offers that are one are counted together. */
function restoreCovers(given: Problem, presolved: Presolved, covers: CoverBound): CoverBound {
  const { offers, pools, beaten, problem } = presolved;
  const isTrimmed = (offer: number): boolean => {
    return mergedOffer(given, offers[offer]!, []).available !== problem.offers[offer]!.available;
  };
  const restored = covers.offers.flatMap((one): CountPrices[] => {
    const members = one.offers.flatMap((offer) => offers[offer]!);
    if (one.offers.some(isTrimmed)) return [];
    const others = beaten.filter(({ by }) => members.includes(by));
    return [{ ...one, offers: members }, ...others.flatMap((pair) => ofBeaten(given, pair, one))];
  });
  return {
    offers: restored,
    pools: given.pools.map((_, pool) => covers.pools[pools.indexOf(pool)] ?? 0),
    ...(covers.joint === undefined
      ? {}
      : { joint: restoreJoint(covers.joint, { offers, isTrimmed }) }),
    ...(covers.tree === undefined ? {} : { tree: restoreTree(covers.tree, presolved) }),
  };
}

/**
 * Rows of offers that are one are of all of them; of trimmed ones there are more than any answer uses.
 * Who goes through the search again leaves out what is beaten by himself. Where the prices of the
 * covers prove less than they did, more of these are left, and the floor may not be proven any more.
 */
function restoreTree(tree: CoverTree, { offers, pools }: Presolved): CoverTree {
  return {
    ...tree,
    rows: tree.rows.map((row) => {
      if ('pool' in row) return { pool: pools[row.pool]! };
      return 'offers' in row ? { ...row, offers: membersOf(row.offers, offers) } : row;
    }),
  };
}

function membersOf(some: readonly number[], offers: Presolved['offers']): readonly number[] {
  return some.flatMap((offer) => offers[offer]!);
}

/** Those of trimmed offers at no price, and what is made of them. */
function restoreJoint(
  rows: readonly JointRow[],
  presolved: Pick<Presolved, 'offers'> & { readonly isTrimmed: (offer: number) => boolean },
): readonly JointRow[] {
  const trimmed = new Set<number>();
  return rows.map((row, index) => {
    const isTrimmed =
      'offers' in row
        ? row.offers.some(presolved.isTrimmed)
        : row.halfOf.some((other) => trimmed.has(other));
    if (isTrimmed) trimmed.add(index);
    const price = isTrimmed ? 0 : row.price;
    if (!('offers' in row)) return { ...row, price };
    return { ...row, offers: membersOf(row.offers, presolved.offers), price };
  });
}

/** What is beaten costs more by itself; so it needs a lower price to be no better than what beats it. */
function ofBeaten(
  { offers }: Problem,
  { offer, by }: Presolved['beaten'][number],
  { price }: CountPrices,
): readonly CountPrices[] {
  const more = Math.floor(machineMicros(offers[offer]!) - machineMicros(offers[by]!));
  return price > more ? [{ offers: [offer], price: price - more, byCount: [] }] : [];
}

function usedOffers({ tasks, offers }: Problem): ReadonlySet<number> {
  const used = new Set<number>();
  for (const { work } of tasks) {
    for (const option of work.options) {
      const isUseless = 'throughput' in option && option.throughput <= 0;
      if (!isUseless && offers[option.offer]!.available !== 0) used.add(option.offer);
    }
  }
  return used;
}

/** The indices of options that stand for an offer, those of the offers that it stands for behind. */
function keptOptions(
  options: readonly { readonly offer: number }[],
  kept: { readonly offers: readonly Alike[]; readonly places: ReadonlyMap<number, number> },
): readonly (readonly number[])[] {
  const byOffer = new Map<number, number>();
  options.forEach(({ offer }, option) => {
    if (!byOffer.has(offer)) byOffer.set(offer, option);
  });
  return options.flatMap(({ offer }, option) => {
    const place = kept.places.get(offer);
    if (place === undefined) return [];
    const [first, ...others] = kept.offers[place]!;
    if (first !== offer) return [];
    return [[option, ...others.map((other) => byOffer.get(other)!)]];
  });
}

function mergedOffer({ offers }: Problem, members: Alike, pools: readonly number[]) {
  const first = offers[members[0]!]!;
  const available = members.reduce<number | null>((sum, member) => {
    const more = offers[member]!.available;
    return sum === null || more === null ? null : sum + more;
  }, 0);
  const uses = first.uses.flatMap((use) => {
    const pool = pools.indexOf(use.pool);
    return pool < 0 ? [] : [{ ...use, pool }];
  });
  return { ...first, available, uses };
}

/** Those of which all that could be hired takes more than there is; hours have no such end. */
function bindingPools({ pools, offers }: Problem, kept: readonly Alike[]): readonly number[] {
  const most = pools.map(() => 0);
  for (const member of kept.flat()) {
    const { uses, available } = offers[member]!;
    for (const { pool, amount } of uses) {
      if (amount > 0) most[pool]! += amount * (available ?? Infinity);
    }
  }
  return pools.flatMap(({ per, limit }, pool) => {
    const used = most[pool]!;
    const isSlack = used === 0 || (per === 'machine' && used <= limit);
    return isSlack ? [] : [pool];
  });
}
