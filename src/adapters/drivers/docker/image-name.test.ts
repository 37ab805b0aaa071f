import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { requireImageName } from './image-name.ts';

describe('the name of an image', () => {
  it('is what registries and engines call images', () => {
    const names = [
      'node:24',
      'docker.io/library/python:3.13-slim',
      'localhost:5000/a/b_c.d-e',
      'ghcr.io/Team/image:V1.0',
      `alpine@sha256:${'0a'.repeat(32)}`,
      `nvcr.io/nvidia/pytorch:24.01-py3@sha256:${'0a'.repeat(32)}`,
      '0123456789ab',
    ];
    for (const name of names) assert.doesNotThrow(() => requireImageName(name), name);
  });

  it('can lead to no other path of the API, nor be taken for an option (fault 31)', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '/',
      '..',
      '.',
      ':',
      '@',
      '?',
      '#',
      '%2f',
      '-',
      ' ',
      '\n',
      '$(x)',
    );
    const law = fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const name = pieces.join('');
      try {
        requireImageName(name);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'driver.unsupported');
        return;
      }
      const { pathname, search } = new URL(`http://engine/images/${name}/json`);
      assert.deepEqual(
        [pathname, search, name[0]],
        [`/images/${name}/json`, '', name[0]?.match(/\w/)?.[0]],
      );
    });
    fc.assert(law, { numRuns: 3000 });
  });

  it('that is long is refused as fast as any other', () => {
    const long = `${'a/'.repeat(400)}!`;
    const begun = performance.now();
    assert.throws(() => requireImageName(long), { code: 'driver.unsupported' });
    assert.ok(performance.now() - begun < 1000);
  });
});
