import { Composer, type Document, Parser } from 'yaml';
import { cutText, refuseComplex } from './cut-text.ts';
import { feedParser } from './feed-parser.ts';
import { LIMITS } from './limits.ts';
import type { Node } from './node.ts';
import { quoted, type Reading } from './reading.ts';
import { treeOf } from './yaml-tree.ts';

const OPTIONS = {
  // Scalars stay text; each key reads its own. No tag of the package resolves anything.
  schema: 'failsafe',
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  strict: true,
  logLevel: 'silent',
} as const;

/** Of the parser's stack: the document itself and the scalar at hand are no levels. */
const STACK_MAX = LIMITS.depth + 2;

/**
 * The documents of a YAML text that are not empty. The text is cut into pieces and
 * those are counted, before anything is built of them.
 * Errors: `spec.syntax`, `spec.duplicate-key`, `spec.bad-value`, `spec.too-complex`.
 */
export function readYaml(reading: Reading): readonly Node[] {
  const composer = makeComposer(reading);
  const documents: Node[] = [];
  let seen = false;
  for (const token of tokensOf(reading)) {
    if (token.type === 'error') syntaxProblem(reading, token.offset, messageOf(token.message));
    else if (token.type === 'doc-end' && !seen) {
      syntaxProblem(reading, token.offset, 'a document ends here that has not begun');
    }
    seen ||= token.type === 'document';
    if (reading.hasProblems) continue;
    for (const document of composer.next(token)) take(document);
  }
  if (!reading.hasProblems) for (const document of composer.end()) take(document);
  reading.throwProblems();
  return documents;

  function take(document: Document.Parsed): void {
    if (reading.hasProblems) return;
    const tree = treeOf(document, reading);
    if (tree !== null) documents.push(tree);
  }
}

function* tokensOf(reading: Reading): ReturnType<Parser['parse']> {
  const parser = new Parser();
  for (const lexeme of cutText(reading)) {
    yield* feedParser(parser, lexeme);
    if (parser.stack.length > STACK_MAX) {
      refuseComplex(reading, parser.offset, `more than ${LIMITS.depth} levels`);
    }
  }
  yield* parser.end();
}

/** The package collects error objects without end; we count, and stop at the twentieth. */
function makeComposer(reading: Reading): Composer {
  const composer = new Composer(OPTIONS);
  composer['onError'] = (
    source: ErrorSource,
    _code: string,
    message: string,
    warning?: boolean,
  ) => {
    if (warning !== true) syntaxProblem(reading, offsetOf(source), messageOf(message));
  };
  return composer;
}

/** What the package blames: an offset, a range or a token. */
type ErrorSource = number | readonly number[] | { readonly offset: number };

function offsetOf(source: ErrorSource): number {
  if (typeof source === 'number') return source;
  return 'offset' in source ? source.offset : (source[0] ?? 0);
}

function syntaxProblem(reading: Reading, at: number, message: string): void {
  const text = reading.text.slice(at, at + 200).trimStart();
  const shown = /^[^\r\n]*/.exec(text)![0];
  const found = shown === '' ? '' : `, at ${quoted(shown)}`;
  reading.problem({ code: 'spec.syntax', at, message: `${message}${found}`, text: shown });
}

/** The package's own words, without the piece of text that it may quote in full. */
function messageOf(message: string): string {
  return message.split(/: ["\n]/, 1)[0]!.slice(0, 200);
}
