import { quantityOf } from '../../spec/reading/kubernetes-quantity.ts';
import type { Node, TextNode } from '../../spec/reading/node.ts';
import { inQuotes } from './edit-text.ts';
import { hasShape } from './field-walk.ts';
import type { Fix, Report } from './finding.ts';
import { jsonKind } from './read-scalar.ts';
import type { Form, Scalar } from './schemas.ts';

type Place = { readonly path: string; readonly text: string; readonly report: Report };

const WORDS: Readonly<Record<Scalar, string>> = {
  text: 'a text',
  time: 'a point in time',
  base64: 'base64',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  quantity: 'a quantity, as 500m or 2Gi',
  'number-or-text': 'a whole number or a text',
};

/** The value itself is not shown: it may be a secret. */
export function reportWrongType(value: Node, form: Form, { path, text, report }: Place): void {
  report({
    code: 'manifest.wrong-type',
    at: value.start,
    path,
    message: `"${path}" needs ${wordsOf(form)}, not ${kindWords(value)}`,
    hint: hintFor(value, form),
    fix: value.kind === 'text' ? scalarFix(value, form, text) : undefined,
  });
}

function wordsOf(form: Form): string {
  switch (form.is) {
    case 'scalar':
      return WORDS[form.scalar];
    case 'list':
      return 'a list';
    case 'type':
    case 'map':
      return 'keys with values';
    case 'any':
      return 'anything';
  }
}

function kindWords(value: Node): string {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'map') return 'keys with values';
  const kind = jsonKind(value);
  if (kind === 'boolean') return 'true or false';
  if (kind === 'text') return 'a text';
  return kind === 'null' ? 'nothing' : 'a number';
}

function hintFor(value: Node, form: Form): string | undefined {
  if (form.is === 'list' && value.kind === 'map') return 'begin each item with a dash';
  if (form.is === 'scalar' && form.scalar === 'text' && value.kind === 'text') {
    return 'put it in quotes';
  }
  return undefined;
}

/** Has no blanks, which would be meant to part items, and nothing that YAML gives a meaning. */
const WORD = /^[\w./=-]+$/;

/** Quotes where a text is wanted, none where a number or a truth value is. */
function scalarFix(value: TextNode, form: Form, text: string): Fix | undefined {
  const { start, end } = value;
  const written = value.text;
  if (form.is === 'list') {
    const isWord = WORD.test(written) && hasShape(value, form.of);
    const item = `[${text.slice(start, end)}]`;
    return isWord
      ? { what: 'make it a list of one', edits: [{ start, end, text: item }] }
      : undefined;
  }
  if (form.is !== 'scalar') return undefined;
  if (form.scalar === 'text' && value.plain) {
    return { what: 'put it in quotes', edits: [{ start, end, text: inQuotes(written) }] };
  }
  const isQuoted = text[start] === '"' || text[start] === "'";
  const bare = { ...value, text: written.trim(), plain: true };
  const kind = jsonKind(bare);
  const fits = form.scalar === kind || (kind === 'integer' && form.scalar.startsWith('number'));
  if (!isQuoted || !fits) return undefined;
  return { what: 'take the quotes away', edits: [{ start, end, text: bare.text }] };
}

/** Values of the right kind that the server still does not take. */
export function reportScalar(value: Node, scalar: Scalar, { path, report }: Place): void {
  if (value.kind !== 'text') return;
  const problem = problemOf(value.text, scalar);
  if (problem === undefined) return;
  const { meant } = problem;
  const { start, end } = value;
  report({
    code: 'manifest.bad-value',
    at: start,
    path,
    message: `"${path}" needs ${WORDS[scalar]}`,
    hint: problem.hint,
    fix:
      meant === undefined
        ? undefined
        : { what: `write ${meant}`, edits: [{ start, end, text: meant }] },
  });
}

type ScalarProblem = { readonly hint?: string; readonly meant?: string };

const SIZE_IN_BYTES = /^(\d+(?:\.\d+)?)\s*([kKMGTP]i?)[bB]$/;

function problemOf(text: string, scalar: Scalar): ScalarProblem | undefined {
  if (scalar !== 'quantity' || quantityOf(text) !== undefined) return undefined;
  const size = SIZE_IN_BYTES.exec(text.trim());
  if (size === null) return {};
  const unit = size[2] === 'K' ? 'k' : size[2]!.replace('ki', 'Ki');
  return { hint: 'units of Kubernetes have no B', meant: `${size[1]}${unit}` };
}
