import { CST, Lexer } from 'yaml';
import { badEscapes, isClosed } from './double-quoted.ts';
import { LIMITS } from './limits.ts';
import { type Purpose, quoted, type Reading } from './reading.ts';

/** What a lexeme is to the counts; others, as commas, only count as pieces. */
const KINDS: ReadonlyMap<string, 'trivia' | 'node' | 'indicator' | 'document' | 'directive'> =
  new Map([
    ['space', 'trivia'],
    ['newline', 'trivia'],
    ['comment', 'trivia'],
    ['anchor', 'trivia'],
    ['tag', 'trivia'],
    ['scalar', 'node'],
    ['single-quoted-scalar', 'node'],
    ['double-quoted-scalar', 'node'],
    ['alias', 'node'],
    ['flow-map-start', 'node'],
    ['flow-seq-start', 'node'],
    ['seq-item-ind', 'indicator'],
    ['map-value-ind', 'indicator'],
    ['explicit-key-ind', 'indicator'],
    ['doc-mode', 'document'],
    ['doc-start', 'document'],
    ['directive-line', 'directive'],
  ]);

const HINTS: Readonly<Record<Purpose, string>> = {
  task: 'keep data and scripts in files of their own, and name them in `workdir`',
  manifest: 'put its objects into files of their own',
};

/**
 * The pieces of a YAML text, all of them counted before anything is built of them. The package's
 * lexer is linear, and its pieces are what the parser will see: a count by other rules than its
 * own could be cheated. Errors: `spec.too-complex`, `spec.syntax`.
 */
export function cutText(reading: Reading): readonly string[] {
  refuseControls(reading);
  refuseManyLines(reading);
  const counts = new Counts(reading);
  const lexemes: string[] = [];
  for (const lexeme of new Lexer().lex(reading.text)) {
    const type = counts.see(lexeme);
    lexemes.push(type === 'double-quoted-scalar' ? withoutText(lexeme) : lexeme);
  }
  return lexemes;
}

/** Characters that no text file has, and that the lexer uses for its own marks. */
function refuseControls(reading: Reading): void {
  const at = controlIn(reading.text);
  if (at === -1) return;
  const code = reading.text.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase();
  const message = `the control character U+${code} cannot stand in YAML`;
  reading.fail({ code: 'spec.syntax', at, message, hint: 'remove it, or write it as an escape' });
}

function controlIn(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const control = code < 0x20 ? code !== 0x09 && code !== 0x0a && code !== 0x0d : code === 0x7f;
    if (control) return at;
  }
  return -1;
}

function refuseManyLines(reading: Reading): void {
  let lines = 1;
  for (let at = reading.text.indexOf('\n'); at !== -1; at = reading.text.indexOf('\n', at + 1)) {
    if (++lines > LIMITS.lines) refuseComplex(reading, at, `more than ${LIMITS.lines} lines`);
  }
}

class Counts {
  readonly #reading: Reading;
  #offset = 0;
  #lexemes = 0;
  #trivia = 0;
  #nodes = 0;
  #directives = 0;
  #documents = 0;
  #inScalar = false;
  #previous = '';
  /** After an indicator: the node that must follow, if only an empty one. */
  #owesNode = false;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Counts one more; gives its type. */
  see(lexeme: string): string {
    const scalar = this.#inScalar;
    this.#inScalar = lexeme === CST.SCALAR && !scalar;
    const type = scalar ? 'content' : (CST.tokenType(lexeme) ?? 'error');
    this.#count(type);
    if (type === 'double-quoted-scalar') this.#refuseBadQuotes(lexeme);
    const control = type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end';
    if (!control) this.#offset += lexeme.length;
    return type;
  }

  #count(type: string): void {
    this.#limit(++this.#lexemes, LIMITS.lexemes, 'pieces');
    const kind = KINDS.get(type);
    if (kind === 'trivia') {
      this.#limit(++this.#trivia, LIMITS.trivia, 'line ends, comments and anchors in a row');
    } else {
      this.#trivia = 0;
      if (kind === 'node') this.#countNode();
      else if (kind === 'indicator') this.#countIndicator();
      else if (kind === 'document') this.#countDocument(type);
      else if (kind === 'directive') {
        this.#limit(++this.#directives, LIMITS.directives, 'directives');
      }
    }
    this.#previous = type;
  }

  /** The lexer marks a document's begin, but not before each `---`. */
  #countDocument(type: string): void {
    this.#owesNode = false;
    if (this.#previous === 'doc-mode' && type === 'doc-start') return;
    this.#limit(++this.#documents, LIMITS.documents, 'documents');
  }

  #countNode(): void {
    this.#owesNode = false;
    this.#limit(++this.#nodes, LIMITS.nodes, 'nodes');
  }

  /** One after another has an empty node between them. */
  #countIndicator(): void {
    if (this.#owesNode) this.#limit(++this.#nodes, LIMITS.nodes, 'nodes');
    this.#owesNode = true;
  }

  #limit(count: number, max: number, what: string): void {
    if (count > max) refuseComplex(this.#reading, this.#offset, `more than ${max} ${what}`);
  }

  #refuseBadQuotes(scalar: string): void {
    const at = this.#offset;
    for (const { offset, text } of badEscapes(scalar)) {
      this.#reading.problem({
        code: 'spec.syntax',
        at: at + offset,
        message: `${quoted(text)} is no escape of YAML`,
        text,
        hint: 'write a backslash as \\\\, or use single quotes',
      });
    }
    if (isClosed(scalar)) return;
    const message = `the quote is not closed, at ${quoted(scalar)}`;
    this.#reading.problem({ code: 'spec.syntax', at, message, text: scalar.slice(0, 200) });
  }
}

/**
 * A scalar of the same length and shape, which costs the package nothing: what a double-quoted
 * one says is read from the text itself.
 */
function withoutText(scalar: string): string {
  const filler = 'x'.repeat(Math.max(0, scalar.length - 3));
  if (scalar.length < 3) return scalar;
  return `'${scalar.includes('\n') ? '\n' : 'x'}${filler}'`;
}

/** Gives up on the file. Errors: `spec.too-complex`, or what was wrong with it before. */
export function refuseComplex(reading: Reading, at: number, what: string): never {
  return reading.fail({
    code: 'spec.too-complex',
    at,
    message: `the file is too complex for a ${reading.purpose}: it has ${what}`,
    hint: HINTS[reading.purpose],
  });
}
