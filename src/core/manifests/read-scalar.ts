import { isNull, type TextNode } from '../../spec/reading/node.ts';

/** What the API server gets for a scalar, after YAML has become JSON. */
export type JsonKind = 'null' | 'boolean' | 'integer' | 'number' | 'text';

/** Kubernetes reads YAML 1.1. Source: go.yaml.in/yaml/v2, resolve.go. */
const BOOLEANS: ReadonlySet<string> = new Set(
  ['y', 'yes', 'on', 'true', 'n', 'no', 'off', 'false'].flatMap((word) => [
    word,
    word.toUpperCase(),
    word[0]!.toUpperCase() + word.slice(1),
  ]),
);
/** The reader takes a lone letter for the text that it is. */
const LETTERS: ReadonlySet<string> = new Set(['y', 'Y', 'n', 'N']);
const INTEGER = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-fA-F_]+|[1-9][\d_]*|0)$/;
const NUMBER = /^[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/;
const SPECIAL = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

export function jsonKind(node: TextNode): JsonKind {
  const { text, plain } = node;
  if (!plain) return 'text';
  if (isNull(node)) return 'null';
  if (BOOLEANS.has(text) && !LETTERS.has(text)) return 'boolean';
  if (text.length > 400) return 'text';
  if (INTEGER.test(text)) return 'integer';
  return NUMBER.test(text) || SPECIAL.test(text) ? 'number' : 'text';
}
