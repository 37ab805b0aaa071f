import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Bundle,
  type BundleEntry,
  blobName,
  bundleSchema,
  bundleText,
  parseBlobName,
  staysInside,
} from './bundle.ts';
import { fromWire, toWire } from './wire.ts';

const sha256 = 'a'.repeat(64);
const file = (path: string): BundleEntry => ({ kind: 'file', path, mode: 0o644, size: 1, sha256 });
const folder = (path: string): BundleEntry => ({ kind: 'folder', path });
const link = (path: string, target: string): BundleEntry => ({ kind: 'link', path, target });

function bundle(...entries: readonly BundleEntry[]): Bundle {
  return {
    schema: 'kedge.bundle/v1',
    task: sha256,
    sources: [{ path: '.', entries: [...entries] }],
  };
}

function isTaken(...entries: readonly BundleEntry[]): boolean {
  return bundleSchema.safeParse(bundle(...entries)).success;
}

/** A hostile archive as far as a list can be one; faults 27 and 28 of RELIABILITY.md. */
describe('a bundle that a stranger made (fault 27)', () => {
  const paths = ['/etc/passwd', '../up', 'a/../../up', '..', '', './a', 'a//b', 'a/', 'nul\0'];
  for (const path of paths) {
    it(`cannot write to ${JSON.stringify(path)}`, () => {
      assert.ok(!isTaken(file(path)) && !isTaken(folder(path)) && !isTaken(link(path, 'a')));
    });
  }

  it('cannot write through a link, or to a folder that is none', () => {
    assert.ok(isTaken(folder('d'), file('d/f'), link('l', 'd')));
    assert.ok(!isTaken(folder('d'), link('l', 'd'), file('l/f')));
    assert.ok(!isTaken(file('f'), file('f/g')));
    assert.ok(!isTaken(file('d/f'), folder('d')), 'a folder comes before what is in it');
    assert.ok(!isTaken(file('f'), link('f', 'x')), 'nothing is there twice');
    assert.ok(!isTaken(file('.'), file('f')), 'one file is alone');
    assert.ok(!isTaken(folder('.')) && !isTaken(link('.', 'a')));
  });

  it('has no link that leads out, not even by way of another', () => {
    const d = folder('d');
    for (const target of ['/etc', '..', '../x', 'd/../..', 'd/..', 'a/../b', '\0']) {
      assert.ok(!isTaken(d, link('l', target)), target);
    }
    // d/up leads to the top; up from there would be out, though the names alone look inside.
    assert.ok(isTaken(d, link('d/up', '..')));
    assert.ok(!isTaken(d, link('d/up', '..'), link('out', 'd/up/..')));
  });

  it('whatever its links, following them by the rules of a file system stays inside', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const target = fc
      .array(fc.oneof(name, fc.constant('..'), fc.constant('.')), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('/'));
    const at = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.dictionary(at, target, { maxKeys: 6 }), (targets) => {
        const links = new Map(
          Object.entries(targets).filter(([path, to]) => staysInside({ path, target: to })),
        );
        for (const path of links.keys()) assert.ok(follow(links, path), path);
      }),
    );
  });
});

/** False when a path leaves the top on its way; a name that is no link is taken for a folder. */
function follow(links: ReadonlyMap<string, string>, path: string): boolean {
  const at: string[] = [];
  const rest = path.split('/');
  for (let steps = 0; rest.length > 0 && steps < 1000; steps++) {
    const part = rest.shift()!;
    if (part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return false;
      continue;
    }
    const to = links.get([...at, part].join('/'));
    // A link below a link was made in the folder of its own path, which is none: not looked at.
    if (to === undefined) at.push(part);
    else rest.unshift(...to.split('/'));
  }
  return true;
}

describe('the id of a bundle', () => {
  it('is that of its content, in whatever order its keys came over the wire', () => {
    const one = bundle(folder('d'), file('d/f'), link('l', 'd'));
    const shuffled = JSON.parse(JSON.stringify(toWire(one)), (_, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    );
    assert.equal(bundleText(bundleSchema.parse(fromWire(shuffled))), bundleText(one));
    assert.notEqual(bundleText(bundle(file('d'))), bundleText(bundle(file('e'))));
  });

  it('and the name of a blob can be read back', () => {
    for (const mode of [0, 0o7, 0o644, 0o777]) {
      assert.deepEqual(parseBlobName(blobName({ sha256, mode })), { sha256, mode });
    }
    for (const name of ['', sha256, `${sha256}-1777`, `${sha256}-08`, `../${sha256}-644`]) {
      assert.equal(parseBlobName(name), null, name);
    }
  });
});
