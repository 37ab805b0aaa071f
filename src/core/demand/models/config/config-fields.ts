import { KedgeError } from '../../../../base/errors.ts';

/** How large a count of a config.json may be before it is taken for a mistake. */
const LARGEST = 1e9;

/** A layer list longer than this is not one. */
const LONGEST = 100_000;

/**
 * The fields of one config.json, each checked when it is read: counts are whole numbers above zero
 * and not absurd. Names are tried in turn, as families call one thing differently; an error names
 * the first.
 */
export class ConfigFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  /** Of the model, for errors. */
  readonly model: string;
  /** Of the object within the file, as `text_config.`. */
  readonly #path: string;

  constructor(fields: Readonly<Record<string, unknown>>, place: { model: string; path: string }) {
    this.#fields = fields;
    this.model = place.model.slice(0, 128);
    this.#path = place.path;
  }

  /** Null for a field that is absent or null. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? null) : null;
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.raw(name) !== null);
  }

  /** A count above zero. Error `spec.invalid` where it is missing. */
  count(...names: readonly [string, ...string[]]): number {
    return this.optionalCount(...names) ?? this.#missing(names[0]);
  }

  /** A count above zero, or null where it is missing. */
  optionalCount(...names: readonly string[]): number | null {
    const value = this.optionalSize(...names);
    const name = names.find((one) => this.has(one));
    if (value === 0) throw this.bad(`${this.shown(name!)} is 0; it must be above zero`);
    return value;
  }

  /** A count that may be zero, or null where it is missing. */
  optionalSize(...names: readonly string[]): number | null {
    const name = names.find((one) => this.has(one));
    if (name === undefined) return null;
    const value = this.raw(name);
    if (typeof value !== 'number')
      throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be a whole number`);
    if (!Number.isInteger(value) || value < 0)
      throw this.bad(`${this.shown(name)} is ${value}; it must be a whole number above zero`);
    if (value > LARGEST)
      throw this.bad(`${this.shown(name)} is ${value}; no model has more than ${LARGEST}`);
    return value;
  }

  /** A number above zero that need not be whole, or null. */
  optionalNumber(name: string): number | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value === 'number' && value > 0 && value <= LARGEST) return value;
    throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be a number above zero`);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.raw(name);
    if (value === null) return otherwise;
    if (typeof value === 'boolean') return value;
    throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be true or false`);
  }

  text(name: string): string | null {
    const value = this.raw(name);
    if (value === null || typeof value === 'string') return value;
    throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be a text`);
  }

  /** An array, or null. */
  list(name: string): readonly unknown[] | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (!Array.isArray(value) || value.length > LONGEST)
      throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be a list`);
    return value;
  }

  /** An array of counts, or null. */
  counts(name: string): number[] | null {
    const list = this.list(name);
    if (list === null) return null;
    return list.map((value, index) => {
      const item = `${name}[${index}]`;
      return this.with(item, value).optionalSize(item) ?? this.#missing(item);
    });
  }

  /** The fields of an object within, or null. */
  object(name: string): ConfigFields | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (!isRecord(value))
      throw this.bad(`${this.shown(name)} is ${describe(value)}; it must be an object`);
    return new ConfigFields(value, { model: this.model, path: `${this.#path}${name}.` });
  }

  /** The same fields with one put in place. */
  with(name: string, value: unknown): ConfigFields {
    const fields = { ...this.#fields, [name]: value };
    return new ConfigFields(fields, { model: this.model, path: this.#path });
  }

  /** Error `spec.bad-value` about these fields. */
  bad(what: string, hint?: string): KedgeError {
    return new KedgeError('spec.bad-value', `config.json of ${this.model}: ${what}`, {
      details: { model: this.model },
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** A field's name with where it stands. */
  shown(name: string): string {
    return `${this.#path}${name}`;
  }

  #missing(name: string): never {
    const shown = this.shown(name);
    throw new KedgeError('spec.invalid', `config.json of ${this.model} has no ${shown}`, {
      hint: `add ${shown}, or give the size of the model, as in ${DECLARED}`,
      details: { model: this.model, field: shown },
    });
  }
}

/** What a user writes where a file does not do. */
export const DECLARED = 'model: {params: 8B, layers: 32, hidden: 4096, kv_heads: 8}';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in an error: short, whatever it is. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return (typeof value === 'string' ? JSON.stringify(value) : String(value)).slice(0, 40);
}
