import type { Entry, MapNode, Node } from '../../spec/reading/node.ts';
import { isNull } from '../../spec/reading/node.ts';
import { type JsonKind, jsonKind } from './read-scalar.ts';
import type { Fields, Form, Scalar, Schemas } from './schemas.ts';

/** A map on the way from the root, with its type. */
export type Crumb = {
  readonly map: MapNode;
  readonly type: string;
  readonly path: string;
  /** The key of the map that holds it, or the list that does; undefined for the root. */
  readonly parent: Crumb | undefined;
};

/** What somebody wants to know on the way through an object; all of it optional. */
export type Visitor = {
  readonly map?: (crumb: Crumb, fields: Fields) => void;
  readonly unknown?: (entry: Entry, crumb: Crumb) => void;
  /** A value that is not of its form. */
  readonly wrong?: (value: Node, form: Form, path: string, parent: Crumb | undefined) => void;
  readonly scalar?: (value: Node, scalar: Scalar, path: string) => void;
};

/** Walks an object along its schema, in the order of the text. */
export function walkFields(root: Crumb, schemas: Schemas, visitor: Visitor): void {
  const { map, type, path, parent } = root;
  walkValue(map, { form: { is: 'type', type }, path, parent }, schemas, visitor);
}

/** The same from a value on; `parent` is the map that it belongs to. */
export function walkValue(
  root: Node,
  place: { readonly form: Form; readonly path: string; readonly parent: Crumb | undefined },
  schemas: Schemas,
  visitor: Visitor,
): void {
  visitValue(root, place.form, place.path, place.parent);

  function visitMap(crumb: Crumb): void {
    const fields = schemas.fieldsOf(crumb.type);
    visitor.map?.(crumb, fields);
    for (const entry of crumb.map.entries) {
      const field = fields.get(entry.key);
      if (field === undefined) visitor.unknown?.(entry, crumb);
      else visitValue(entry.value, field.form, join(crumb.path, entry.key), crumb);
    }
  }

  function visitValue(value: Node, form: Form, path: string, parent: Crumb | undefined): void {
    // The server takes null for nothing said.
    if (isNull(value) || form.is === 'any') return;
    if (!hasShape(value, form)) {
      visitor.wrong?.(value, form, path, parent);
    } else if (form.is === 'scalar') {
      visitor.scalar?.(value, form.scalar, path);
    } else if (form.is === 'type') {
      if (value.kind === 'map') visitMap({ map: value, type: form.type, path, parent });
    } else if (value.kind === 'list') {
      for (const [index, item] of value.items.entries()) {
        visitValue(item, form.of, `${path}[${index}]`, parent);
      }
    } else if (value.kind === 'map') {
      for (const { key, value: inner } of value.entries) {
        visitValue(inner, form.of, join(path, key), parent);
      }
    }
  }
}

/** Whether a value is of a form, without a look inside. */
export function hasShape(value: Node, form: Form): boolean {
  switch (form.is) {
    case 'any':
      return true;
    case 'type':
    case 'map':
      return value.kind === 'map';
    case 'list':
      return value.kind === 'list';
    case 'scalar':
      return value.kind === 'text' && SCALARS[form.scalar].has(jsonKind(value));
  }
}

const TEXT: ReadonlySet<JsonKind> = new Set(['null', 'text']);
const NUMBER: ReadonlySet<JsonKind> = new Set(['null', 'integer', 'number']);
const NUMBER_OR_TEXT: ReadonlySet<JsonKind> = new Set(['null', 'integer', 'number', 'text']);
const SCALARS: Readonly<Record<Scalar, ReadonlySet<JsonKind>>> = {
  text: TEXT,
  time: TEXT,
  base64: TEXT,
  integer: new Set(['null', 'integer']),
  number: NUMBER,
  boolean: new Set(['null', 'boolean']),
  quantity: NUMBER_OR_TEXT,
  'number-or-text': new Set(['null', 'integer', 'text']),
};

/** `spec`, `containers` → `spec.containers`; a key with dots or slashes stands in quotes. */
export function join(path: string, key: string): string {
  const word = /^[\w-]+$/.test(key) ? key : JSON.stringify(key.slice(0, 60));
  if (word !== key) return `${path}[${word}]`;
  return path === '' ? key : `${path}.${key}`;
}
