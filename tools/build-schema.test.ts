import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PROBLEM_SCHEMA_FILE, problemSchemaText, SCHEMA_FILE, schemaText } from './build-schema.ts';

type Described = { readonly description?: string; readonly properties?: Record<string, Described> };

describe('the JSON Schema of task files', () => {
  it('is the one that the tables of keys make (else: node tools/build-schema.ts)', () => {
    assert.equal(readFileSync(SCHEMA_FILE, 'utf8'), schemaText());
  });

  it('describes every key in a sentence', () => {
    const { $defs } = JSON.parse(schemaText()) as { $defs: Record<string, Described> };
    const undescribed = Object.values($defs).flatMap((form) =>
      Object.entries(form.properties ?? {}).flatMap(([name, key]) => [
        ...(/^[A-Z].*\.$/s.test(key.description ?? '') ? [] : [name]),
        ...Object.entries(key.properties ?? {})
          .filter(([, inner]) => !/^[A-Za-z].*\.$/s.test(inner.description ?? ''))
          .map(([inner]) => `${name}.${inner}`),
      ]),
    );
    assert.deepEqual(undescribed, []);
  });
});

describe('the JSON Schema of problems', () => {
  it('is the one that the reading makes (else: node tools/build-schema.ts)', () => {
    assert.equal(readFileSync(PROBLEM_SCHEMA_FILE, 'utf8'), problemSchemaText());
  });

  it('describes every key in a sentence', () => {
    assert.deepEqual(undescribedIn(JSON.parse(problemSchemaText())), []);
  });
});

function undescribedIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties } = value as { readonly properties?: Record<string, Described> };
  const own = Object.entries(properties ?? {}).filter(
    ([, { description }]) => !/^[A-Z].*\.$/s.test(description ?? ''),
  );
  return [...own.map(([name]) => name), ...Object.values(value).flatMap(undescribedIn)];
}
