/**
 * What the API server takes: the kinds that exist and the fields of each type, as compact text
 * compiled from OpenAPI v3. A type is its fields, one word each, `name:form`:
 *
 * | form | value |
 * | --- | --- |
 * | `s` `i` `n` `b` | text, whole number, number, true or false |
 * | `q` `x` `t` `y` | quantity, number or text, point in time, base64 |
 * | `*` | anything |
 * | `@T` | a map with the fields of the type T |
 * | `[F` | a list of F |
 * | `{F` | a map with keys of the user's own, to F |
 *
 * `!` after a form says that the field is required.
 */
export type SchemaFile = {
  readonly schema: 'kedge.kubernetes-schemas/v1';
  /** Of Kubernetes, as 1.36.3. */
  readonly version: string;
  /** apiVersion → kind → type. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly types: Readonly<Record<string, string>>;
};

/** What a field may hold. */
export type Form =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'any' }
  | { readonly is: 'type'; readonly type: string }
  | { readonly is: 'list'; readonly of: Form }
  | { readonly is: 'map'; readonly of: Form };

export type Scalar =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'quantity'
  | 'number-or-text'
  | 'time'
  | 'base64';

export type Field = { readonly form: Form; readonly required: boolean };
export type Fields = ReadonlyMap<string, Field>;

/** A kind that exists: the apiVersion that has it, and the type of its documents. */
export type KnownKind = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: string;
};

/** Where the lint asks what there is: the bundled table, or what a cluster tells of itself. */
export type Schemas = {
  readonly version: string;
  readonly kinds: readonly KnownKind[];
  /** The fields of a type that `kinds` or a field names. */
  readonly fieldsOf: (type: string) => Fields;
};

const SCALARS: ReadonlyMap<string, Scalar> = new Map([
  ['s', 'text'],
  ['i', 'integer'],
  ['n', 'number'],
  ['b', 'boolean'],
  ['q', 'quantity'],
  ['x', 'number-or-text'],
  ['t', 'time'],
  ['y', 'base64'],
]);

const NO_FIELDS: Fields = new Map();

/** The schemas of a compiled file; each type is taken apart when it is first asked for. */
export function schemasIn(file: SchemaFile): Schemas {
  const read = new Map<string, Fields>();
  const kinds = Object.entries(file.kinds).flatMap(([apiVersion, types]) =>
    Object.entries(types).map(([kind, type]) => ({ apiVersion, kind, type })),
  );
  return {
    version: file.version,
    kinds,
    fieldsOf: (type) => {
      const known = read.get(type);
      if (known !== undefined) return known;
      const text = Object.hasOwn(file.types, type) ? file.types[type]! : '';
      const fields = text === '' ? NO_FIELDS : new Map(text.split(' ').map(fieldIn));
      read.set(type, fields);
      return fields;
    },
  };
}

function fieldIn(word: string): readonly [string, Field] {
  const colon = word.indexOf(':');
  const required = word.endsWith('!');
  const form = formIn(word.slice(colon + 1, required ? -1 : undefined));
  return [word.slice(0, colon), { form, required }];
}

function formIn(text: string): Form {
  const rest = text.slice(1);
  switch (text[0]) {
    case '@':
      return { is: 'type', type: rest };
    case '[':
      return { is: 'list', of: formIn(rest) };
    case '{':
      return { is: 'map', of: formIn(rest) };
    default: {
      const scalar = SCALARS.get(text);
      return scalar === undefined ? { is: 'any' } : { is: 'scalar', scalar };
    }
  }
}
