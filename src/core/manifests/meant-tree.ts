import type { Entry, MapNode, Node } from '../../spec/reading/node.ts';

/** An entry that was meant to be in another map, or under another key of its own. */
export type Moved = {
  readonly entry: Entry;
  readonly from: MapNode;
  readonly to: MapNode;
  /** Keys of maps below `to` that nobody has written. */
  readonly missing: readonly string[];
  readonly key: string;
};

/**
 * The object as it was meant: entries in the maps where they belong, items in lists. Places in the
 * text stay, so that what is wrong with it is told where it stands. Rules that look at more than
 * one field look at this tree; else each repair would uncover faults that nobody has told of.
 */
export class MeantTree {
  readonly #gone = new Map<MapNode, Set<Entry>>();
  readonly #come = new Map<MapNode, Moved[]>();
  readonly #listed = new Set<Node>();
  readonly #made = new Map<Node, Node>();

  move(moved: Moved): void {
    const gone = this.#gone.get(moved.from) ?? new Set();
    this.#gone.set(moved.from, gone.add(moved.entry));
    this.#come.set(moved.to, [...(this.#come.get(moved.to) ?? []), moved]);
  }

  /** A value that stands alone where a list of such was meant. */
  list(value: Node): void {
    this.#listed.add(value);
  }

  of(root: MapNode): MapNode {
    return this.#map(root);
  }

  #node(node: Node): Node {
    const known = this.#made.get(node);
    if (known !== undefined) return known;
    const made = this.#without(node);
    const { start, end, size, depth } = node;
    const meant: Node = this.#listed.has(node)
      ? { kind: 'list', start, end, size: size + 1, depth: depth + 1, items: [made] }
      : made;
    this.#made.set(node, meant);
    return meant;
  }

  #without(node: Node): Node {
    if (node.kind === 'text') return node;
    if (node.kind === 'map') return this.#map(node);
    return { ...node, items: node.items.map((item) => this.#node(item)) };
  }

  #map(map: MapNode): MapNode {
    const gone = this.#gone.get(map);
    const stay = map.entries.filter((entry) => gone?.has(entry) !== true);
    const entries = stay.map((entry) => ({ ...entry, value: this.#node(entry.value) }));
    let made: MapNode = { ...map, entries };
    for (const { entry, key, missing } of this.#come.get(map) ?? []) {
      made = withEntry(made, missing, { ...entry, key, value: this.#node(entry.value) });
    }
    return made;
  }
}

function withEntry(map: MapNode, missing: readonly string[], entry: Entry): MapNode {
  const [next, ...rest] = missing;
  const { keyStart, keyEnd, value } = entry;
  if (next === undefined) return { ...map, entries: [...map.entries, entry] };
  const there = map.entries.find(({ key }) => key === next);
  const inner: MapNode =
    there?.value.kind === 'map'
      ? there.value
      : { kind: 'map', start: keyStart, end: value.end, size: 1, depth: 1, entries: [] };
  const made: Entry = { key: next, keyStart, keyEnd, value: withEntry(inner, rest, entry) };
  return { ...map, entries: [...map.entries.filter((one) => one !== there), made] };
}
