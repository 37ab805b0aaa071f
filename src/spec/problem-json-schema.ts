import { z } from 'zod';
import { problemSchema } from './problem.ts';
import type { JsonSchema } from './reading/form.ts';
import { wireName } from './wire.ts';

/**
 * JSON Schema (draft 2020-12) of a problem's wire form, for editors and other programs: made of the
 * schema that the reading uses, so that both know the same keys.
 */
export function problemJsonSchema(): JsonSchema {
  const { $schema, ...made } = z.toJSONSchema(problemSchema, { io: 'input' }) as JsonSchema;
  return {
    $schema,
    title: 'Kedge problem',
    description:
      'What there is to hire, what must be done and what limits both: `kedge solve` finds the best answer.',
    ...(wireForm(made) as JsonSchema),
  };
}

/** The names of all keys. */
export function problemKeys(): readonly string[] {
  const keys = new Set<string>();
  collectKeys(problemJsonSchema(), keys);
  return [...keys];
}

function collectKeys(value: unknown, keys: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'properties') for (const name of Object.keys(inner as object)) keys.add(name);
    collectKeys(inner, keys);
  }
}

/** Keys by their wire names, money in dollars. */
function wireForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireForm);
  if (typeof value !== 'object' || value === null) return value;
  const made = Object.entries(value).map(([key, inner]) => {
    if (key === 'properties') return [key, wireProperties(inner as Readonly<object>)];
    if (key === 'required') return [key, (inner as readonly string[]).map(wireName)];
    if (key === 'default') return [key, wireDefault(inner)];
    return [key, wireForm(inner)];
  });
  return Object.fromEntries(made);
}

function wireProperties(properties: Readonly<object>): object {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => {
      const name = wireName(key);
      const form = wireForm(schema);
      return [name, /(^|_)usd(_|$)/.test(name) ? inDollars(form, key) : form];
    }),
  );
}

function wireDefault(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wireName(key), inner]));
}

/** Whole micro- or nano-dollars are dollars with decimals on the wire. */
function inDollars(form: unknown, key: string): unknown {
  if (Array.isArray(form)) return form.map((one) => inDollars(one, key));
  if (typeof form !== 'object' || form === null) return form;
  const scale = /nanos/i.test(key) ? 1e9 : 1e6;
  const made = Object.entries(form).map(([name, inner]) => {
    if (name === 'type' && inner === 'integer') return [name, 'number'];
    if (name === 'maximum') return [name, (inner as number) / scale];
    return [name, inDollars(inner, key)];
  });
  return Object.fromEntries(made);
}
