import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ERROR_KINDS } from '../src/base/errors.ts';
import { LINT_CODES } from '../src/core/manifests/codes.ts';
import { CORE_STAGES, LAYERS } from './layers.ts';
import { layersPicture } from './layers-picture.ts';

const ROOT = join(import.meta.dirname, '..');

describe('the documents are true', () => {
  it('docs/errors.md has an entry for each code, and no other', () => {
    const documented = read('docs/errors.md').matchAll(/^### (\S+)$/gm);
    assert.deepEqual(
      [...documented].map(([, code]) => code),
      Object.keys(ERROR_KINDS).toSorted(),
    );
  });

  it('docs/manifests.md has a row for each code of the lint, with its severity, and no other', () => {
    const rows = read('docs/manifests.md').matchAll(/^\| (manifest\.\S+) \| (\S+) \|/gm);
    assert.deepEqual(Object.fromEntries([...rows].map(([, code, is]) => [code, is])), LINT_CODES);
  });

  it('the picture in ARCHITECTURE.md is that of tools/layers.ts', () => {
    assert.ok(read('ARCHITECTURE.md').includes(layersPicture(LAYERS, CORE_STAGES)));
  });

  it('the manual pages link only to files that exist', () => {
    for (const page of ['README.md', 'README.zh.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
      for (const [, link] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) {
        assert.doesNotThrow(() => readFileSync(join(ROOT, link!)), `${page} links to ${link}`);
      }
    }
  });
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
