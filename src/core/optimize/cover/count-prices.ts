import type { CountPrices, CoverBound, JointRow } from '../model/cover-proof.ts';
import { type CountCut, countIn } from './count-cuts.ts';
import { POOL_PARTS } from './generate-columns.ts';
import type { HalfCut, SharedRow } from './half-cuts.ts';
import type { SharedPrices } from './master.ts';

/** Prices of machines and of cuts as a checker reads them: what each number of machines costs a task. */
export function countPrices(
  available: Float64Array,
  tasks: number,
  given: {
    readonly prices: SharedPrices;
    readonly cuts: readonly CountCut[];
    readonly halves?: readonly HalfCut[];
    readonly halfPrices?: Float64Array;
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
  const { halves = [], halfPrices = new Float64Array(halves.length) } = given;
  return halves.length === 0
    ? { offers, pools }
    : { offers, pools, joint: jointRows(halves, halfPrices) };
}

/** Each row that cuts are made of once, before what is made of it. */
function jointRows(halves: readonly HalfCut[], prices: Float64Array): readonly JointRow[] {
  const priceOf = new Map<SharedRow, number>(halves.map((half, index) => [half, prices[index]!]));
  const rows: JointRow[] = [];
  const places = new Map<SharedRow, number>();
  const placeOf = (row: SharedRow): number => {
    const known = places.get(row);
    if (known !== undefined) return known;
    const price = priceOf.get(row) ?? 0;
    const joint: JointRow =
      'rows' in row
        ? { halfOf: row.rows.map(placeOf), tasks: namedIn(row.tasks), price }
        : { offers: [row.offer], of: row.of, per: row.per, shares: sharesOf(row), price };
    places.set(row, rows.length);
    return rows.push(joint) - 1;
  };
  halves.forEach(placeOf);
  return rows;
}

/** Without those at the end that are none. */
function sharesOf({ shares }: CountCut): readonly number[] {
  return [...shares.subarray(0, 1 + shares.findLastIndex((share) => share > 0))];
}

function namedIn(tasks: Uint8Array): readonly number[] {
  return [...tasks.keys()].filter((task) => tasks[task] === 1);
}
