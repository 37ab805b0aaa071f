import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codesIn, findingsIn, fixedText } from './lint-for-tests.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test', 'manifests', 'broken');
const CORPUS = readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name), 'utf8'));

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: p   # the pod
spec:
  # what runs
  containers:
  - name: app
    image: "registry.example/app:1.4.2"
    resources: {limits: {cpu: 1, memory: 1Gi}}
`;

describe('kedge manifest fix', () => {
  it('touches no line but those at fault: comments, order and quotes stay', () => {
    const broken = `${POD}  restartPolicy: never # once\n`;
    assert.equal(fixedText(broken), `${POD}  restartPolicy: Never # once\n`);
  });

  it('moves a field with its comments, at the margin of its new place', () => {
    const text = `${POD}  env:  # for the app\n    - name: A\n      # plain\n      value: b\n`;
    const moved = '    env:  # for the app\n      - name: A\n        # plain\n        value: b\n';
    assert.equal(fixedText(text), POD + moved);
  });

  it('leaves a field where two containers could have it', () => {
    const second =
      '  - name: other\n    image: other:1\n    resources: {limits: {cpu: 1, memory: 1Gi}}\n';
    const text = `${POD}${second}  env:\n  - {name: A, value: b}\n`;
    assert.equal(fixedText(text), text);
    assert.match(findingsIn(text)[0]!.hint!, /containers\[0\]\.env or spec\.containers\[1\]\.env/);
  });

  it('keeps line ends as they are', () => {
    const text = `${POD}  volumeMounts:\n  - {name: a, mountPath: /a}\n${POD}`;
    const fixed = fixedText(text.replaceAll('\n', '\r\n'));
    assert.equal(fixed.replaceAll('\r\n', '').includes('\n'), false);
    assert.equal(fixed.replaceAll('\r\n', '\n'), fixedText(text));
  });

  it('repairs what ends without a line end', () => {
    const text = `${POD}  env:\n  - {name: A, value: b}`;
    assert.deepEqual(codesIn(fixedText(text)), []);
  });

  it('law: fixing twice is fixing once, and what could be repaired is', () => {
    const files = fc.shuffledSubarray(CORPUS, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(files, fc.constantFrom('\n', '\r\n'), fc.boolean(), (parts, eol, marked) => {
        const text = parts.join(marked ? '---\n' : '\n').replaceAll('\n', eol);
        const fixed = fixedText(text);
        assert.equal(fixedText(fixed), fixed);
        assert.ok(findingsIn(fixed).every(({ fix }) => fix === null));
        assert.ok(codesIn(fixed).length <= codesIn(text).length);
      }),
      { numRuns: 40 },
    );
  });

  it('law: a corpus file with a line missing is answered, and never made worse', () => {
    const cut = fc.tuple(fc.constantFrom(...CORPUS), fc.nat(40), fc.nat(6));
    fc.assert(
      fc.property(cut, ([text, from, count]) => {
        const lines = text.split('\n');
        lines.splice(from % lines.length, count);
        const broken = lines.join('\n');
        const fixed = fixedText(broken);
        assert.ok(codesIn(fixed).length <= codesIn(broken).length);
        assert.equal(fixedText(fixed), fixed);
      }),
      { numRuns: 150 },
    );
  });

  it('law: any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        assert.ok(Array.isArray(codesIn(text)));
      }),
    );
  });
});
