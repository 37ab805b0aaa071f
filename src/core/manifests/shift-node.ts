import type { Node } from '../../spec/reading/node.ts';

/** The same tree, all offsets larger by so much; what stood at several places still does. */
export function shiftNode(root: Node, by: number): Node {
  const shifted = new Map<Node, Node>();
  return by === 0 ? root : shift(root);

  function shift(node: Node): Node {
    const known = shifted.get(node);
    if (known !== undefined) return known;
    const made = moved(node);
    shifted.set(node, made);
    return made;
  }

  function moved(node: Node): Node {
    const place = { ...node, start: node.start + by, end: node.end + by };
    if (place.kind === 'list') return { ...place, items: place.items.map(shift) };
    if (place.kind === 'text') return place;
    const entries = place.entries.map(({ key, keyStart, keyEnd, value }) => ({
      key,
      keyStart: keyStart + by,
      keyEnd: keyEnd + by,
      value: shift(value),
    }));
    return { ...place, entries };
  }
}
