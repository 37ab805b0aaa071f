import { type ErrorCode, KedgeError } from '../../base/errors.ts';
import type { NotHonored } from '../task.ts';
import { isInSecrets } from './in-secrets.ts';
import { lineIndex, type Position } from './line-index.ts';

/** A piece of the text, by offsets. */
export type Span = readonly [start: number, end: number];

/** One thing that is wrong with a file, at one place of it. */
export type Problem = {
  readonly code: ErrorCode;
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
  /** The offending text as it stands in the file; cut when shown. */
  readonly text?: string;
  /** The known word that was probably meant. */
  readonly closest?: string;
  /** What to do about it; default: the closest word, if there is one. */
  readonly hint?: string;
};

/** A problem as programs read it in `details.problems`. */
export type FoundProblem = Position & {
  readonly code: ErrorCode;
  readonly message: string;
  readonly text?: string;
  readonly closest?: string;
};

/** What a file is read as; errors name it. */
export type Purpose = 'task' | 'manifest';

const PROBLEMS_MAX = 20;
const SHOWN_CHARS_MAX = 60;

/**
 * The reading of one file: collects what is wrong with it and what is not honored. At twenty
 * problems it gives up, so that a hopeless file is answered as fast as any other.
 */
export class Reading {
  readonly file: string;
  readonly text: string;
  readonly purpose: Purpose;
  #problems: Problem[] = [];
  #notes: NotHonored[] = [];
  readonly #secretSpans: Span[] = [];
  #lines: ((offset: number) => Position) | undefined;

  constructor(file: string, text: string, purpose: Purpose = 'task') {
    this.file = file;
    this.purpose = purpose;
    // A carriage return alone ends a line too. The offsets stay.
    this.text = text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;
  }

  /** Where values of secrets stand. */
  get secretSpans(): readonly Span[] {
    return this.#secretSpans;
  }

  /** What is wrong so far, in the order of finding. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  /** Errors: all problems so far as one KedgeError, when this was the twentieth. */
  problem(problem: Problem): void {
    this.#problems.push(this.#unquoted(problem));
    if (this.#problems.length >= PROBLEMS_MAX) throw this.#error();
  }

  /** Nothing more can be read. Errors: all problems so far as one KedgeError. */
  fail(problem: Problem): never {
    this.#problems.push(this.#unquoted(problem));
    throw this.#error();
  }

  /** Errors: all problems so far as one KedgeError, if there are any. */
  throwProblems(): void {
    if (this.hasProblems) throw this.#error();
  }

  note({ at, ...note }: Omit<NotHonored, 'line'> & { readonly at: number }): void {
    const { key, changesRun, why } = note;
    this.#notes.push({ key, line: this.position(at).line, changesRun, why });
  }

  /** The notes since the last call. */
  takeNotes(): readonly NotHonored[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** A value that must not be stored with the text. */
  secret(span: Span): void {
    this.#secretSpans.push(span);
  }

  position(offset: number): Position {
    this.#lines ??= lineIndex(this.text);
    return this.#lines(offset);
  }

  /** Where secrets stand, what is no YAML is not shown: it may be one with a colon in it. */
  #unquoted(problem: Problem): Problem {
    const { code, at, message } = problem;
    const quotesValue = code === 'spec.syntax' || message.startsWith('the tag ');
    if (!quotesValue || !isInSecrets(this.text, at)) return problem;
    const told = message.replace(/, at ".*$/s, '').replace(/".*"/s, '"…"');
    return { code, at, message: told, hint: 'write the value in single quotes' };
  }

  /** Of the code of the problem that comes first in the file. */
  #error(): KedgeError {
    const sorted = this.#problems.toSorted((one, other) => one.at - other.at);
    const [first] = sorted as [Problem];
    const problems = sorted.map((problem, index) => this.#found(problem, index > 0));
    const hint = hintOf(first);
    return new KedgeError(first.code, problems[0]!.message, {
      ...(hint === undefined ? {} : { hint }),
      details: { problems },
    });
  }

  /** The hint of the first problem is the error's; each other one carries its own. */
  #found(problem: Problem, withHint: boolean): FoundProblem {
    const { line, column } = this.position(problem.at);
    const hint = withHint ? hintOf(problem) : undefined;
    const shown = hint === undefined ? problem.message : `${problem.message} (${hint})`;
    const { code, text, closest } = problem;
    return {
      code,
      message: `${this.file}:${line}:${column}: ${shown}`,
      line,
      column,
      ...(text === undefined ? {} : { text: cut(text) }),
      ...(closest === undefined ? {} : { closest }),
    };
  }
}

function hintOf({ hint, closest }: Problem): string | undefined {
  return hint ?? (closest === undefined ? undefined : `did you mean "${closest}"?`);
}

/** A piece of the file in quotes, on one line and short. */
export function quoted(text: string): string {
  return `"${cut(text)}"`;
}

function cut(text: string): string {
  const line = text.slice(0, SHOWN_CHARS_MAX + 1).split(/[\r\n]/, 1)[0]!;
  const whole = line.length === text.length && line.length <= SHOWN_CHARS_MAX;
  return whole ? line : `${line.slice(0, SHOWN_CHARS_MAX - 1).trimEnd()}…`;
}
