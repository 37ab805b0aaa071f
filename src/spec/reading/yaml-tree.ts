import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  type Node as YamlNode,
} from 'yaml';
import { refuseComplex } from './cut-text.ts';
import { doubleQuotedText } from './double-quoted.ts';
import { LIMITS } from './limits.ts';
import { type Entry, isNull, type Node } from './node.ts';
import { quoted, type Reading } from './reading.ts';

/** Tags that say what the text is anyway; all others would change what a value means. */
const KNOWN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|set))$/;

/** Our tree of a composed document; null when the document is empty. */
export function treeOf(document: Document.Parsed, reading: Reading): Node | null {
  if (document.contents === null) return null;
  const root = new TreeMaker(reading).node(document.contents);
  return isNull(root) ? null : root;
}

/**
 * One walk in the order of the text: checks keys and tags, resolves aliases to the nodes that
 * they name, merges `<<`, and counts what that makes of the file.
 */
class TreeMaker {
  readonly #reading: Reading;
  readonly #anchors = new Map<string, Node | 'open'>();
  /** Nodes as written, and the ones that aliases and merges add. */
  #written = 0;
  #added = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  node(yaml: YamlNode): Node {
    const [start] = rangeOf(yaml);
    if (++this.#written > LIMITS.nodes) this.#tooComplex(start, `more than ${LIMITS.nodes} nodes`);
    if (isAlias(yaml)) return this.#target(yaml.source, start);
    this.#checkTag(yaml, start);
    const { anchor } = yaml as Scalar;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const node = this.#made(yaml);
    if (node.depth > LIMITS.depth) this.#tooComplex(start, `more than ${LIMITS.depth} levels`);
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  /** An absent value, as that of `? key`, is an empty text. */
  #nodeOr(value: unknown, at: number): Node {
    return isNode(value) ? this.node(value) : emptyText(at);
  }

  #made(yaml: YamlNode): Node {
    if (isMap(yaml)) return this.#map(yaml);
    if (isSeq(yaml)) return this.#list(yaml);
    const [start, end] = rangeOf(yaml);
    const scalar = isScalar(yaml) ? yaml : undefined;
    const plain = scalar?.type === undefined || scalar.type === 'PLAIN';
    const double = scalar?.type === 'QUOTE_SINGLE' && this.#reading.text[start] === '"';
    const text = double ? doubleQuotedText(this.#reading.text.slice(start, end)) : textOf(scalar);
    return { kind: 'text', start, end, size: 1, depth: 1, text, plain };
  }

  #list(yaml: YAMLSeq): Node {
    const [start, end] = rangeOf(yaml);
    const items = yaml.items.map((item) => this.#nodeOr(item, end));
    return { kind: 'list', start, end, items, ...measureOf(items) };
  }

  #map(yaml: YAMLMap): Node {
    const [start, end] = rangeOf(yaml);
    const entries = new Map<string, Entry>();
    const merged: Node[] = [];
    for (const pair of yaml.items) {
      const entry = this.#entry(pair, yaml);
      if (entry === undefined) continue;
      if (entry.key === '<<' && isPlainKey(pair)) merged.push(entry.value);
      else if (entries.has(entry.key)) this.#duplicate(entry, entries.get(entry.key)!);
      else entries.set(entry.key, entry);
    }
    for (const value of merged) this.#merge(value, entries);
    const all = [...entries.values()];
    const values = all.map(({ value }) => value);
    return { kind: 'map', start, end, entries: all, ...measureOf(values, all.length) };
  }

  /** Undefined when the key is no text. */
  #entry({ key, value }: Pair, map: YAMLMap): Entry | undefined {
    const keyNode = this.#nodeOr(key, rangeOf(map)[0]);
    const { start: keyStart, end: keyEnd } = keyNode;
    const valueNode = this.#nodeOr(value, keyEnd);
    if (keyNode.kind === 'text' && keyNode.text !== '__proto__') {
      return { key: keyNode.text, keyStart, keyEnd, value: valueNode };
    }
    const text = this.#reading.text.slice(keyStart, keyEnd);
    this.#reading.problem({
      code: 'spec.bad-value',
      at: keyStart,
      message: `${quoted(text)} cannot be a key; a key is a word`,
      text,
    });
    return undefined;
  }

  /** Keys of the map itself win over merged ones, earlier merges over later. */
  #merge(source: Node, entries: Map<string, Entry>): void {
    const maps = source.kind === 'list' ? source.items : [source];
    for (const map of maps) {
      if (map.kind !== 'map') {
        const text = this.#reading.text.slice(map.start, map.end);
        const message = `"<<" merges maps, and ${quoted(text)} is none`;
        this.#reading.problem({ code: 'spec.bad-value', at: map.start, message, text });
        continue;
      }
      this.#grow(map, map.start);
      for (const entry of map.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
  }

  #target(name: string, at: number): Node {
    const target = this.#anchors.get(name);
    if (target !== undefined && target !== 'open') {
      this.#grow(target, at);
      return target;
    }
    const message =
      target === 'open'
        ? `the alias ${quoted(`*${name}`)} stands inside of what it names`
        : `the alias ${quoted(`*${name}`)} names no anchor before it`;
    this.#reading.problem({ code: 'spec.syntax', at, message, text: `*${name}` });
    return emptyText(at);
  }

  #grow(by: Node, at: number): void {
    this.#added += by.size;
    const most = Math.max(LIMITS.aliasNodes, LIMITS.aliasGrowth * this.#written);
    if (this.#added > most) {
      this.#tooComplex(at, `aliases that grow it more than ${LIMITS.aliasGrowth} times`);
    }
  }

  #duplicate(entry: Entry, first: Entry): void {
    const { line } = this.#reading.position(first.keyStart);
    this.#reading.problem({
      code: 'spec.duplicate-key',
      at: entry.keyStart,
      message: `the key ${quoted(entry.key)} stands here again; it is on line ${line} already`,
      text: entry.key,
      hint: 'remove one of the two',
    });
  }

  #checkTag(yaml: YamlNode, at: number): void {
    const tag = (yaml as Scalar).tag;
    if (tag === undefined || KNOWN_TAG.test(tag)) return;
    const message = `the tag ${quoted(tag)} means nothing in a ${this.#reading.purpose}`;
    this.#reading.problem({ code: 'spec.bad-value', at, message, text: tag });
  }

  #tooComplex(at: number, what: string): never {
    return refuseComplex(this.#reading, at, what);
  }
}

/** Keys count as nodes of their own. */
function measureOf(
  values: readonly Node[],
  keys = 0,
): { readonly size: number; readonly depth: number } {
  let size = 1 + keys;
  let depth = 0;
  for (const value of values) {
    size += value.size;
    depth = Math.max(depth, value.depth);
  }
  return { size, depth: depth + 1 };
}

function isPlainKey({ key }: Pair): boolean {
  return isScalar(key) && (key.type === undefined || key.type === 'PLAIN');
}

function textOf(scalar: Scalar | undefined): string {
  return typeof scalar?.value === 'string' ? scalar.value : '';
}

function emptyText(at: number): Node {
  return { kind: 'text', start: at, end: at, size: 1, depth: 1, text: '', plain: true };
}

function rangeOf(yaml: YamlNode): readonly [number, number] {
  const range = (yaml as Scalar).range;
  return range ? [range[0], range[1]] : [0, 0];
}
