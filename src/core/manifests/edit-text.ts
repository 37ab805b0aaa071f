import type { Entry, MapNode, Node, TextNode } from '../../spec/reading/node.ts';
import type { Span } from '../../spec/reading/reading.ts';
import type { Edit } from './finding.ts';

/** A scalar written anew. */
export function replaceValue({ start, end }: TextNode, text: string): Edit {
  return { start, end, text };
}

/** Where an object stands: what moves parts of it about wants nobody else in it. */
export function spanOf({ start, end }: MapNode): Span {
  return [start, end];
}

/** The text as YAML in double quotes. */
export function inQuotes(text: string): string {
  return JSON.stringify(text);
}

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** After the line feed, or at the end of the text. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** How far the keys of a map stand from the margin; undefined for `{…}` and where they differ. */
export function columnOf(map: MapNode, text: string): number | undefined {
  const columns = map.entries.map(({ keyStart }) => keyStart - lineStart(text, keyStart));
  const [first] = columns;
  if (first === undefined || text[map.start] === '{') return undefined;
  return columns.every((column) => column === first) ? first : undefined;
}

/** The end of the lines of an entry, with what stands behind it on its last line. */
export function endOfEntry({ keyEnd, value }: Entry, text: string): number {
  const end = endOfValue(value, keyEnd);
  return end > 0 && text[end - 1] === '\n' ? end : lineEnd(text, end);
}

/** What an alias names stands elsewhere, and says nothing about where the entry ends. */
function endOfValue(value: Node, keyEnd: number): number {
  return value.start < keyEnd ? keyEnd : Math.max(keyEnd, value.end);
}

/** The lines of a piece of text, from one column to another; the first one has no margin. */
export function shiftLines(piece: string, from: number, to: number): string {
  const [first, ...rest] = piece.split('\n');
  const shifted = rest.map((line) => {
    if (line.trim() === '') return line;
    const margin = line.length - line.trimStart().length;
    return ' '.repeat(Math.max(0, margin + to - from)) + line.slice(margin);
  });
  return [first, ...shifted].join('\n');
}

/** Puts lines after the last entry of a map. `lines` end with a line feed. */
export function appendLines(map: MapNode, lines: string, text: string): Edit {
  const at = endOfEntry(map.entries.at(-1)!, text);
  const open = at > 0 && text[at - 1] !== '\n' ? eolOf(text) : '';
  return { start: at, end: at, text: `${open}${lines}` };
}
