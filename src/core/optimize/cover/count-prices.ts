import type { CountPrices, CoverBound } from '../model/cover-proof.ts';
import { type CountCut, countIn } from './count-cuts.ts';
import { POOL_PARTS } from './generate-columns.ts';
import type { HalfCut } from './half-cuts.ts';
import type { SharedPrices } from './master.ts';
import type { FloorProof } from './prove-by-tree.ts';
import { ToldRows } from './told-rows.ts';

/** Prices of machines and of cuts as a checker reads them: what each number of machines costs a task. */
export function countPrices(
  available: Float64Array,
  tasks: number,
  given: {
    readonly prices: SharedPrices;
    readonly cuts: readonly CountCut[];
    readonly halves?: readonly HalfCut[];
    readonly halfPrices?: Float64Array;
    readonly floorProof?: FloorProof | null;
  },
): CoverBound {
  const { prices } = given;
  const priced = given.cuts.map((cut, index) => ({ cut, price: prices.cuts[index]! }));
  const byOffer = Map.groupBy(
    priced.filter(({ price }) => price > 0),
    ({ cut }) => cut.offer,
  );
  const offers = [...prices.offers].flatMap((price, offer): CountPrices[] => {
    const cuts = byOffer.get(offer) ?? [];
    if (price === 0 && cuts.length === 0) return [];
    if (cuts.length === 0) return [{ offers: [offer], price, byCount: [] }];
    const alike = Map.groupBy(Array.from({ length: tasks }).keys(), (task) =>
      cuts.map(({ cut }) => cut.shares[task]!).join(),
    );
    const byCount = [...alike.values()].map((some) => ({
      tasks: some,
      prices: Array.from({ length: available[offer]! }, (_, fewer) => {
        const machines = fewer + 1;
        return cuts.reduce(
          (sum, one) => sum + one.price * countIn(one.cut, some[0]!, machines),
          price * machines,
        );
      }),
    }));
    return [{ offers: [offer], price, byCount }];
  });
  const pools = Array.from(prices.pools, (price) => Math.round(price * POOL_PARTS));
  const { halves = [], halfPrices = new Float64Array(halves.length), floorProof = null } = given;
  const told = new ToldRows();
  const joint = told.priced(halves, halfPrices);
  return {
    offers,
    pools,
    ...(joint.length === 0 ? {} : { joint }),
    ...(floorProof === null ? {} : { tree: told.tree(floorProof) }),
  };
}
