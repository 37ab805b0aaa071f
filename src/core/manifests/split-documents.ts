import type { Span } from '../../spec/reading/reading.ts';

/** One document of a file, by offsets; and the key before which its `---` is missing. */
export type Part = {
  readonly start: number;
  readonly end: number;
  readonly missingAt: number | undefined;
};

type Head = { readonly at: number; readonly key: string };

/** A line that begins a document, or ends one. Source: YAML 1.2.2, section 9.1.2. */
const MARKER = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
const HEAD = /^(["']?)(apiVersion|kind)\1[ \t]*:(?=[ \t\r\n]|$)/gm;
const SAYS_NOTHING = /^(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n|\uFEFF)*[ \t]*(?:#[^\n]*)?$/;

/** The documents of a text, those too that lack the `---` before them. Cuts nothing else. */
export function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (const [start, end] of marked(text)) parts.push(...unmarked(text, start, end));
  return parts;
}

function marked(text: string): readonly Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    if (marker === '---' && SAYS_NOTHING.test(text.slice(start, index))) continue;
    const end = marker === '---' ? index : index + marker.length;
    spans.push([start, end]);
    start = end;
  }
  return [...spans, [start, text.length]];
}

/**
 * Where `apiVersion` and `kind` both stand again at the margin, another object begins. One of them
 * alone again is a key too many, and no document.
 */
function unmarked(text: string, start: number, end: number): readonly Part[] {
  const piece = text.slice(start, end);
  const heads = [...piece.matchAll(HEAD)].map(({ 2: key, index }) => ({ key: key!, at: index }));
  const begins: number[] = [];
  let seen = new Set<string>();
  for (const [index, { key, at }] of heads.entries()) {
    if (seen.has(key) && isWhole(heads, index)) {
      begins.push(start + at);
      seen = new Set();
    }
    seen.add(key);
  }
  const cuts = begins.map((at) => aboveComments(text, at));
  return [start, ...cuts].map((from, index) => ({
    start: from,
    end: cuts[index] ?? end,
    missingAt: begins[index - 1],
  }));
}

function isWhole(heads: readonly Head[], index: number): boolean {
  const { key } = heads[index]!;
  const next = heads[index + 1];
  return next !== undefined && next.key !== key;
}

/** Comments right above the first key belong to it. */
function aboveComments(text: string, at: number): number {
  let start = at;
  while (start > 0) {
    const before = text.lastIndexOf('\n', start - 2) + 1;
    if (text[before] !== '#') return start;
    start = before;
  }
  return start;
}
