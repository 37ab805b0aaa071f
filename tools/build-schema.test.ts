import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SCHEMA_FILE, schemaText } from './build-schema.ts';

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
