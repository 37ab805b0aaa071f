import { assert } from '../../base/assert.ts';
import type { CatalogColumns } from '../../spec/catalog.ts';
import type { PriceRow, PriceSource } from '../../spec/offer.ts';

const NANOS_PER_MICRO = 1000;
const WORDS_MAX = 2 ** 16;
const SOURCES_MAX = 2 ** 8;
const MICROS_MAX = 2 ** 32 - 1;

/** Price rows as columns, in the order given. Rates are whole micro-dollars an hour. */
export function columnsFrom(rows: readonly PriceRow[]): CatalogColumns {
  const words = new Interner<string>(['']);
  const sources = new Interner<PriceSource>([]);
  const word = (of: (row: PriceRow) => string | null) =>
    Uint16Array.from(rows, (row) => words.indexOf(of(row) ?? ''));
  const number = (of: (row: PriceRow) => number | null) =>
    Float32Array.from(rows, (row) => of(row) ?? Number.NaN);
  const columns = {
    rows: rows.length,
    provider: word((row) => row.provider),
    region: word((row) => row.region),
    zone: word((row) => row.zone),
    instance: word((row) => row.instance),
    accelerator: word((row) => row.accelerator),
    acceleratorCount: number((row) => row.acceleratorCount),
    acceleratorMemoryGib: number((row) => row.acceleratorMemoryGib),
    vcpus: number((row) => row.vcpus),
    memoryGib: number((row) => row.memoryGib),
    spot: Uint8Array.from(rows, (row) => (row.spot ? 1 : 0)),
    microsPerHour: Uint32Array.from(rows, micros),
    source: Uint8Array.from(rows, (row) => sources.indexOf(row.source)),
  };
  assert(words.values.length <= WORDS_MAX, `${words.values.length} words do not fit 16 bits`);
  assert(sources.values.length <= SOURCES_MAX, `${sources.values.length} sources, 256 fit`);
  return { ...columns, words: words.values, sources: sources.values };
}

function micros({ nanosPerHour }: PriceRow): number {
  const price = nanosPerHour / NANOS_PER_MICRO;
  assert(Number.isInteger(price) && price <= MICROS_MAX, `${nanosPerHour} n$/h has no 32-bit form`);
  return price;
}

/** Values and their indices, in the order of first use. */
class Interner<Value> {
  readonly values: Value[];
  readonly #indices = new Map<Value, number>();

  constructor(values: Value[]) {
    this.values = values;
    for (const [index, value] of values.entries()) this.#indices.set(value, index);
  }

  indexOf(value: Value): number {
    const known = this.#indices.get(value);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    this.#indices.set(value, index);
    return index;
  }
}
