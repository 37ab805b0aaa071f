import { closestWord, editDistance } from '../../base/closest.ts';
import { type Entry, entryOf, isNull, type MapNode, type Node } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { columnOf, endOfEntry, shiftLines } from './edit-text.ts';
import { type Crumb, hasShape, join, type Visitor, walkFields, walkValue } from './field-walk.ts';
import { couldHold, findHomes, type Home } from './find-home.ts';
import type { Fix, Report } from './finding.ts';
import { MeantTree } from './meant-tree.ts';
import { moveField } from './move-field.ts';
import type { Fields, Form, Schemas } from './schemas.ts';

export type CheckOptions = {
  readonly schemas: Schemas;
  readonly text: string;
  readonly report: Report;
  /** For how many more fields of the file a home is looked for. */
  readonly searches: { left: number };
};

/** A search looks at hundreds of types; a hopeless file is answered as fast as any other. */
export const SEARCHES_MAX = 200;

/** No field has a longer name. */
const KEY_CHARS_MAX = 64;

/**
 * Reports fields that the schema does not have, or has elsewhere. Gives the object as it was
 * meant, with those fields in their places.
 */
export function checkNames(root: Crumb, options: CheckOptions): MapNode {
  const meant = new MeantTree();
  const visitor: Visitor = {
    unknown: (entry, crumb) => {
      const place = new NameCheck(entry, crumb, options).check(meant);
      if (place !== undefined) walkValue(entry.value, place, options.schemas, visitor);
    },
    wrong: (value, form, path, parent) => {
      if (form.is !== 'list' || !isLoneItem(value, form.of, options.schemas)) return;
      options.report({
        code: 'manifest.wrong-type',
        at: value.start,
        path,
        message: `"${path}" needs a list, not keys with values`,
        hint: 'begin each item with a dash',
        fix: itemFix(value, options.text),
      });
      meant.list(value);
      walkValue(value, { form: form.of, path: `${path}[0]`, parent }, options.schemas, visitor);
    },
  };
  walkFields(root, options.schemas, visitor);
  return meant.of(root.map);
}

/** A map that could be an item, where a list of such is wanted. */
function isLoneItem(value: Node, item: Form, schemas: Schemas): boolean {
  return value.kind === 'map' && couldHold(item, value, schemas);
}

/** Puts a dash before a map that is written as a block. */
function itemFix(value: Node, text: string): Fix | undefined {
  const column = value.kind === 'map' ? columnOf(value, text) : undefined;
  if (value.kind !== 'map' || column === undefined) return undefined;
  const [start, end] = [value.start, endOfEntry(value.entries.at(-1)!, text)];
  const item = `- ${shiftLines(text.slice(start, end), column, column + 2)}`;
  return { what: 'begin the item with a dash', edits: [{ start, end, text: item }] };
}

/** What is known of a value where it was meant to be. */
type Place = { readonly form: Form; readonly path: string; readonly parent: Crumb };

/** One key that its map has no field for. */
class NameCheck {
  readonly #entry: Entry;
  readonly #crumb: Crumb;
  readonly #options: CheckOptions;
  readonly #fields: Fields;

  constructor(entry: Entry, crumb: Crumb, options: CheckOptions) {
    this.#entry = entry;
    this.#crumb = crumb;
    this.#options = options;
    this.#fields = options.schemas.fieldsOf(crumb.type);
  }

  /** Reports it. Gives the place that was meant, where there is one, and notes that. */
  check(meant: MeantTree): Place | undefined {
    const { key, value } = this.#entry;
    const bare = bareOf(key);
    const variant = [...this.#fields.keys()].find((name) => bareOf(name) === bare);
    if (variant !== undefined) return this.#mistyped(variant, meant);
    const { searches, schemas } = this.#options;
    const isSought = searches.left-- > 0;
    const homes = isSought && !isNull(value) ? findHomes(this.#entry, this.#crumb, schemas) : [];
    if (homes.length > 0) return this.#misplaced(homes, meant);
    const closest = isSought ? closestWord(key, this.#fields.keys()) : undefined;
    if (closest !== undefined) return this.#mistyped(closest, meant);
    this.#options.report({
      code: 'manifest.unknown-field',
      at: this.#entry.keyStart,
      path: join(this.#crumb.path, key),
      message: `there is no field ${quoted(key)}${inside(this.#crumb)}`,
      hint: `known are ${someOf(this.#fields)}`,
    });
    return undefined;
  }

  #mistyped(name: string, meant: MeantTree): Place | undefined {
    const { key, keyStart, keyEnd, value } = this.#entry;
    const { map, path } = this.#crumb;
    const { form } = this.#fields.get(name)!;
    const fits = entryOf(map, name) === undefined && hasShape(value, form);
    this.#options.report({
      code: 'manifest.unknown-field',
      at: keyStart,
      path: join(path, key),
      message: `there is no field ${quoted(key)}${inside(this.#crumb)}`,
      hint: `did you mean "${name}"?`,
      fix:
        fits && this.#isSlip(name)
          ? { what: `write ${name}`, edits: [{ start: keyStart, end: keyEnd, text: name }] }
          : undefined,
    });
    if (!fits) return undefined;
    meant.move({ entry: this.#entry, from: map, to: map, missing: [], key: name });
    return { form, path: join(path, name), parent: this.#crumb };
  }

  /**
   * Case, dashes, underscores; or a letter too many, too few, wrong or swapped in a word that is
   * long enough to be no other one.
   */
  #isSlip(name: string): boolean {
    const { key } = this.#entry;
    if (bareOf(key) === bareOf(name)) return true;
    if (key.length < 5 || key.length > KEY_CHARS_MAX) return false;
    const near = [...this.#fields.keys()].filter((one) => editDistance(key, one) === 1);
    return near.length === 1 && near[0] === name;
  }

  #misplaced(homes: readonly Home[], meant: MeantTree): Place | undefined {
    const { report, text } = this.#options;
    const [home] = homes as [Home];
    const isOnly = homes.length === 1;
    const named = homes.slice(0, 3).map(({ path }) => path);
    report({
      code: 'manifest.misplaced-field',
      at: this.#entry.keyStart,
      path: join(this.#crumb.path, this.#entry.key),
      message: `${quoted(this.#entry.key)} does not belong${inside(this.#crumb) || ' at the top'}`,
      hint: `it belongs in ${named.join(' or ')}${home.taken ? ', which is there already' : ''}`,
      fix: isOnly ? moveField(this.#entry, this.#crumb, { home, text }) : undefined,
    });
    if (!isOnly || home.taken) return undefined;
    const { map: to, missing, form, path } = home;
    meant.move({ entry: this.#entry, from: this.#crumb.map, to, missing, key: this.#entry.key });
    return { form, path, parent: this.#crumb };
  }
}

function inside({ path }: Crumb): string {
  return path === '' ? '' : ` in ${quoted(path)}`;
}

/** The first few, so that the hint stays readable. */
function someOf(fields: Fields): string {
  const names = [...fields.keys()];
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')}, …`;
}

function bareOf(key: string): string {
  return key.replaceAll(/[-_ ]/g, '').toLowerCase();
}
