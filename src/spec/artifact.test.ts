import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { artifactFileSchema, innerPath, isUnder, placeOfArtifact } from './artifact.ts';

describe('where an artifact lies', () => {
  const cases: readonly (readonly [string, string | null, string | null])[] = [
    ['out/', null, 'work out as out'],
    ['./a//b', null, 'work a/b as a/b'],
    ['.', null, 'work  as '],
    ['/workdir/out', '/ckpt', 'work out as out'],
    ['/workdir', null, 'work  as '],
    ['ckpt/final.pt', 'ckpt/', 'checkpoint final.pt as ckpt/final.pt'],
    ['ckpt', './ckpt', 'checkpoint  as ckpt'],
    ['/ckpt/final.pt', '/ckpt', 'checkpoint final.pt as ckpt/final.pt'],
    ['ckpt/final.pt', '/ckpt', 'work ckpt/final.pt as ckpt/final.pt'],
    ['ckpts/x', 'ckpt', 'work ckpts/x as ckpts/x'],
    ['/etc/passwd', '/ckpt', null],
    ['/workdirs/x', null, null],
    ['../x', null, null],
    ['out/../../x', 'out', null],
    ['~/out', null, null],
  ];
  for (const [path, checkpoint, wanted] of cases) {
    it(`${path}, with checkpoints at ${checkpoint}: ${wanted ?? 'nowhere that is kept'}`, () => {
      const place = placeOfArtifact(path, checkpoint);
      const found = place && `${place.root} ${place.under} as ${place.keptAs}`;
      assert.equal(found, wanted);
    });
  }
});

describe('paths of files that are pulled', () => {
  it('never lead out of the folder that they are pulled to (fault 27)', () => {
    const file = { size: 0, sha256: '0'.repeat(64), modifiedAt: 0 };
    for (const path of ['..', 'a/../../b', '/etc/passwd', 'a//b', './a', 'a\0b', '']) {
      assert.equal(artifactFileSchema.safeParse({ ...file, path }).success, false, path);
    }
    for (const path of ['a', 'a/..b', '...', 'é 漢']) {
      assert.ok(artifactFileSchema.safeParse({ ...file, path }).success, path);
    }
  });

  it('are read as people write them', () => {
    const read = ['out/', './out', '', '.', '../out', '/out', '~'].map(innerPath);
    assert.deepEqual(read, ['out', 'out', '', '', null, null, null]);
  });

  it('lie in a folder when its name is all of their beginning', () => {
    const found = ['out', 'out/a', 'outer', 'o'].map((path) => isUnder(path, 'out'));
    assert.deepEqual(found, [true, true, false, false]);
    assert.ok(isUnder('anything', ''));
  });
});
