import { entryOf, type ListNode, type MapNode, type Node } from '../../spec/reading/node.ts';
import type { Crumb } from './field-walk.ts';
import type { Report } from './finding.ts';
import type { KnownKind } from './schemas.ts';

/** An object whose kind is known, as it was meant; each rule reports into its file. */
export type KnownObject = {
  readonly document: number;
  readonly is: KnownKind;
  readonly crumb: Crumb;
  readonly text: string;
  readonly report: Report;
};

/** The value below so many keys; undefined where there is none. */
export function nodeAt(map: MapNode, ...keys: readonly string[]): Node | undefined {
  let node: Node | undefined = map;
  for (const key of keys) {
    if (node?.kind !== 'map') return undefined;
    node = entryOf(node, key)?.value;
  }
  return node;
}

export function mapAt(map: MapNode, ...keys: readonly string[]): MapNode | undefined {
  const node = nodeAt(map, ...keys);
  return node?.kind === 'map' ? node : undefined;
}

export function listAt(map: MapNode, ...keys: readonly string[]): ListNode | undefined {
  const node = nodeAt(map, ...keys);
  return node?.kind === 'list' ? node : undefined;
}

/** A text that says something. */
export function textAt(map: MapNode, ...keys: readonly string[]): string | undefined {
  const node = nodeAt(map, ...keys);
  return node?.kind === 'text' && node.text !== '' ? node.text : undefined;
}

/** What `true` is written as; undefined for all else. */
export function isTrue(map: MapNode, ...keys: readonly string[]): boolean {
  const node = nodeAt(map, ...keys);
  return node?.kind === 'text' && node.plain && /^(?:true|yes|on)$/i.test(node.text);
}

/** Labels or the like: keys with texts. */
export function pairsIn(map: MapNode | undefined): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const { key, value } of map?.entries ?? []) {
    if (value.kind === 'text') pairs.set(key, value.text);
  }
  return pairs;
}

export function nameOf({ crumb }: KnownObject): string | undefined {
  return textAt(crumb.map, 'metadata', 'name');
}

export function namespaceOf({ crumb }: KnownObject): string {
  return textAt(crumb.map, 'metadata', 'namespace') ?? 'default';
}
