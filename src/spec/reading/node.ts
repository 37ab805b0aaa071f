/**
 * A YAML document as the reading sees it: text, lists and maps with their place in the file.
 * Scalars keep their text, since each key knows best how to read its value (`3.10` of an
 * environment variable is no number). Aliases are resolved: a node may stand at several places.
 */
export type Node = TextNode | ListNode | MapNode;

type Placed = {
  /** Offsets in the text; `end` is after the last character. */
  readonly start: number;
  readonly end: number;
  /** Nodes and levels, this one included, aliases expanded. */
  readonly size: number;
  readonly depth: number;
};

export type TextNode = Placed & {
  readonly kind: 'text';
  readonly text: string;
  /** Written without quotes and not as a block, so that `null` and `true` are no strings. */
  readonly plain: boolean;
};

export type ListNode = Placed & { readonly kind: 'list'; readonly items: readonly Node[] };

export type MapNode = Placed & { readonly kind: 'map'; readonly entries: readonly Entry[] };

export type Entry = {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Node;
};

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
/** What YAML 1.1 and 1.2 write for a truth value; SkyPilot reads 1.1. */
const TRUE: ReadonlySet<string> = new Set(['true', 'yes', 'on']);
const FALSE: ReadonlySet<string> = new Set(['false', 'no', 'off']);

export function isNull(node: Node): boolean {
  return node.kind === 'text' && node.plain && NULLS.has(node.text);
}

/** Undefined when the text is no truth value. */
export function truthOf(node: Node): boolean | undefined {
  if (node.kind !== 'text' || !node.plain || node.text.length > 5) return undefined;
  const word = node.text.toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

/** True for what says nothing: null, false, an empty text, list or map. */
export function saysNothing(node: Node): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  if (node.kind === 'map') return node.entries.length === 0;
  return node.text === '' || isNull(node) || truthOf(node) === false;
}

export function entryOf(map: MapNode, key: string): Entry | undefined {
  return map.entries.find((entry) => entry.key === key);
}
