import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fixManifest } from './fix-manifest.ts';
import { codesIn, OPTIONS } from './lint-for-tests.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test', 'manifests', 'broken');

/** Each file says in its first lines what is wrong with it, and what no repair is certain for. */
const files = readdirSync(FOLDER)
  .toSorted()
  .map((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    return { name, text, codes: listIn(text, 'codes'), left: listIn(text, 'left') };
  });

describe('the sixty broken manifests', () => {
  it('are sixty', () => assert.equal(files.length, 60));

  for (const { name, text, codes, left } of files) {
    it(`${name} is diagnosed fault by fault, and repaired where that is certain`, () => {
      assert.deepEqual(codesIn(text).toSorted(), codes.toSorted());
      const fixed = fixManifest({ file: name, text }, OPTIONS).text;
      assert.deepEqual(codesIn(fixed), left);
      assert.equal(fixManifest({ file: name, text: fixed }, OPTIONS).text, fixed);
    });
  }
});

function listIn(text: string, word: string): readonly string[] {
  const line = new RegExp(`^# ${word}: (.*)$`, 'm').exec(text)?.[1];
  return line === undefined ? [] : line.split(', ');
}
