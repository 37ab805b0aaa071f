import type { Entry, MapNode } from '../../spec/reading/node.ts';
import {
  appendLines,
  columnOf,
  endOfEntry,
  eolOf,
  lineStart,
  shiftLines,
  spanOf,
} from './edit-text.ts';
import type { Crumb } from './field-walk.ts';
import type { Home } from './find-home.ts';
import type { Edit, Fix } from './finding.ts';

const STEP = 2;

/**
 * Moves an entry with its lines and comments to its home, where both are written as blocks;
 * undefined where they are not, or where nothing would be left of the map it is in.
 */
export function moveField(
  entry: Entry,
  from: Crumb,
  { home, text }: { readonly home: Home; readonly text: string },
): Fix | undefined {
  const { map, missing, path, taken } = home;
  const column = columnOf(from.map, text);
  const homeColumn = columnOf(map, text);
  const isMerged = entry.keyStart < from.map.start || entry.keyStart > from.map.end;
  if (taken || isMerged || column === undefined || homeColumn === undefined) return undefined;
  const end = endOfEntry(entry, text);
  const lines = text.slice(entry.keyStart, end);
  const nested = nestedLines(lines, { missing, column, homeColumn, eol: eolOf(text) });
  const edits =
    map === from.map
      ? [{ start: entry.keyStart, end, text: nested }]
      : movedEdits(entry, from, {
          end,
          append: appendLines(map, indent(nested, homeColumn), text),
          text,
        });
  if (edits === undefined) return undefined;
  return { what: `move it to ${path}`, edits, claims: spanOf(rootOf(from)) };
}

function rootOf(crumb: Crumb): MapNode {
  return crumb.parent === undefined ? crumb.map : rootOf(crumb.parent);
}

function indent(lines: string, column: number): string {
  return ' '.repeat(column) + lines;
}

/** The keys on the way, then the entry; without the margin of the first line. */
function nestedLines(
  lines: string,
  of: {
    readonly missing: readonly string[];
    readonly column: number;
    readonly homeColumn: number;
    readonly eol: string;
  },
): string {
  const { missing, column, homeColumn, eol } = of;
  const depth = missing.length;
  const keys = missing.map((key, index) => `${margin(index)}${key}:${eol}`).join('');
  const whole = lines.endsWith('\n') ? lines : `${lines}${eol}`;
  return keys + margin(depth) + shiftLines(whole, column, homeColumn + depth * STEP);

  /** The first line of all stands where the caller puts it. */
  function margin(level: number): string {
    return level === 0 ? '' : ' '.repeat(homeColumn + level * STEP);
  }
}

/** Undefined when the entry is all there is in its map, or shares a line with something else. */
function movedEdits(
  entry: Entry,
  { map }: Crumb,
  { end, append, text }: { readonly end: number; readonly append: Edit; readonly text: string },
): readonly Edit[] | undefined {
  if (map.entries.length === 1) return undefined;
  if (append.start > entry.keyStart && append.start < end) return undefined;
  const start = lineStart(text, entry.keyStart);
  if (text.slice(start, entry.keyStart).trim() === '') {
    return [{ start, end, text: '' }, append];
  }
  // The first entry of a list item: the next one takes its place behind the dash.
  const next = map.entries.find(({ keyStart }) => keyStart > entry.keyStart);
  if (next === undefined || text.slice(end, next.keyStart).trim() !== '') return undefined;
  return [{ start: entry.keyStart, end: next.keyStart, text: '' }, append];
}
