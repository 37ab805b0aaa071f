import type { z } from 'zod';
import { closestWord } from '../base/closest.ts';
import { KedgeError } from '../base/errors.ts';
import { problemSchema, type ReadProblem } from './problem.ts';
import { type Fault, problemFaults } from './problem-faults.ts';
import { problemKeys } from './problem-json-schema.ts';
import { lineIndex } from './reading/line-index.ts';
import { typeName, wireName } from './wire.ts';

const FAULTS_MAX = 20;
/** Larger than any money that is taken. */
const HUGE = 1e300;
/** A hundred tasks over a thousand offers are some eight million. */
export const PROBLEM_CHARS_MAX = 256 * 1024 * 1024;

/**
 * A problem from its JSON, `kedge.problem/v1`; what was left out has its default. `file` is the
 * name that errors show. Errors, with the path to what is wrong, and up to twenty in
 * `details.problems`: `input.too-large`, `spec.syntax`, `spec.unknown-key`, `spec.bad-value`.
 */
export function readProblem(text: string, { file }: { readonly file: string }): ReadProblem {
  if (text.length > PROBLEM_CHARS_MAX) {
    const message = `${file} has ${text.length} characters; a problem has at most ${PROBLEM_CHARS_MAX}`;
    throw new KedgeError('input.too-large', message);
  }
  const read = problemSchema.safeParse(fromDocument(parsed(text, file)), {
    reportInput: true,
  });
  if (!read.success) throw refusal(file, read.error.issues.map(faultOf));
  const faults = problemFaults(read.data)
    .take(FAULTS_MAX)
    .map((fault) => ({ ...fault, code: 'spec.bad-value' as const }))
    .toArray();
  if (faults.length > 0) throw refusal(file, faults);
  return read.data;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? badTokenAt(text));
    const { line, column } = lineIndex(text)(at);
    const what = message.replace(/ (?:in JSON )?at position.*$/s, '').replaceAll(/\s+/g, ' ');
    throw new KedgeError('spec.syntax', `${file}:${line}:${column}: no JSON: ${what}`, {
      hint: '`kedge plan task.yaml --save problem.json` writes one',
    });
  }
}

/** Where the first thing stands that JSON has no word for; the end where each by itself is one. */
function badTokenAt(text: string): number {
  const token =
    /\s*(?:[{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|true|false|null)\s*/giy;
  let at = 0;
  while (token.test(text)) at = token.lastIndex;
  return at;
}

/** As `fromWire`, which takes what it gets for money that was checked: this leaves that to zod. */
function fromDocument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromDocument);
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name !== '__proto__') made[typeName(name)] = valueOf(name, inner);
  }
  return made;
}

function valueOf(name: string, value: unknown): unknown {
  if (typeof value !== 'number') return fromDocument(value);
  if (/(^|_)usd_per_(hour|gigabyte)(_max)?$/.test(name))
    return Math.min(HUGE, Math.round(value * 1e9));
  if (/(^|_)usd$/.test(name)) return Math.min(HUGE, Math.round(value * 1e6));
  return value;
}

type Told = Fault & {
  readonly code: 'spec.bad-value' | 'spec.unknown-key';
  readonly hint?: string;
};
type Issue = z.core.$ZodIssue;

function refusal(file: string, faults: readonly Told[]): KedgeError {
  const problems = faults.slice(0, FAULTS_MAX).map(({ path, message, code }) => {
    const where = pathWords(path);
    return { code, path: where, message: `${file}: ${where === '' ? '' : `${where}: `}${message}` };
  });
  const [first] = problems;
  const more = faults.length - 1;
  const hint = faults[0]!.hint ?? (more > 0 ? `and ${more} more of the kind: -o json` : undefined);
  return new KedgeError(first!.code, first!.message, {
    ...(hint === undefined ? {} : { hint }),
    details: { problems },
  });
}

/** `tasks[3].work.options[0].usd_per_hour` */
function pathWords(path: Fault['path']): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${wireName(part)}`))
    .join('')
    .replace(/^\./, '');
}

function faultOf(issue: Issue): Told {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    const key = wireName(issue.keys[0]!);
    const closest = closestWord(key, problemKeys());
    const hint = closest === undefined ? {} : { hint: `did you mean "${closest}"?` };
    return { path, code: 'spec.unknown-key', message: `there is no key "${key}"`, ...hint };
  }
  return { path, code: 'spec.bad-value', message: wordsOf(issue, path.at(-1)) };
}

function wordsOf(issue: Issue, key: string | number | undefined): string {
  const isMoney = typeof key === 'string' && wireName(key).includes('usd');
  const scale = typeof key === 'string' && isMoney ? (/nanos/i.test(key) ? 1e9 : 1e6) : 1;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `needs ${TYPES[issue.expected] ?? issue.expected}, not ${typeWords(issue.input)}`;
    case 'too_small': {
      if (issue.origin === 'array') return `needs at least ${issue.minimum}`;
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${Number(issue.minimum) / scale}`;
    }
    case 'too_big':
      return `must be at most ${Number(issue.maximum) / scale}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `needs one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `needs one of ${KINDS[String(key)] ?? 'the known kinds'}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys with values',
  string: 'a text',
};

/** Of the keys that tell one form from another. */
const KINDS: Readonly<Record<string, string>> = {
  kind: 'choice, divisible, serving',
  minimize: 'cost, time, carbon, weighted',
};

function typeWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  return typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 60);
}
