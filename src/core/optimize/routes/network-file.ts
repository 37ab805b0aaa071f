import { type Network, networkOf } from './network.ts';

/** Whence the figures of a network are. */
export type NetworkSource = {
  readonly id: string;
  readonly asOf: string;
  readonly licence: string;
  readonly attribution: string;
};

/**
 * A network as the JSON that comes with the package: for each region, in the order of their
 * names, a row with what each other region is reached at, in the same order; null for no way.
 */
export type NetworkFile = {
  readonly schema: 'kedge.network/v1';
  readonly source: NetworkSource;
  readonly regions: readonly string[];
  /** Prices that occur, in nano-dollars for a gigabyte. */
  readonly nanosPerGigabyte: readonly number[];
  /** Indices into the prices. */
  readonly prices: readonly (readonly (number | null)[])[];
  readonly kilobitsPerSecond: readonly (readonly (number | null)[])[];
};

export function networkFile(network: Network, source: NetworkSource): NetworkFile {
  const { regions, nanosPerGigabyte, kilobitsPerSecond } = network;
  const isLink = (at: number) => kilobitsPerSecond[at]! > 0;
  const found = nanosPerGigabyte.filter((_, at) => isLink(at));
  const prices = [...new Set(found)].toSorted((one, other) => one - other);
  const indices = new Map(prices.map((price, index) => [price, index]));
  const rows = (of: (at: number) => number) =>
    regions.map((_, from) =>
      regions.map((_to, to) => {
        const at = from * regions.length + to;
        return isLink(at) ? of(at) : null;
      }),
    );
  return {
    schema: 'kedge.network/v1',
    source,
    regions,
    nanosPerGigabyte: prices,
    prices: rows((at) => indices.get(nanosPerGigabyte[at]!)!),
    kilobitsPerSecond: rows((at) => kilobitsPerSecond[at]!),
  };
}

/** The network in such a file, which is trusted: it comes with the package. */
export function networkInFile(file: NetworkFile): Network {
  const { regions, nanosPerGigabyte, prices, kilobitsPerSecond } = file;
  return networkOf(
    regions.flatMap((from, row) =>
      regions.flatMap((to, column) => {
        const price = prices[row]![column] ?? null;
        if (price === null) return [];
        return {
          from,
          to,
          nanosPerGigabyte: nanosPerGigabyte[price]!,
          kilobitsPerSecond: kilobitsPerSecond[row]![column]!,
        };
      }),
    ),
  );
}
