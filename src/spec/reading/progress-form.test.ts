import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import type { KedgeError } from '../../base/errors.ts';
import { refusalOf, taskIn } from './read-for-tests.ts';

setFlagsFromString('--enable-experimental-regexp-engine');

function read(progress: string) {
  return taskIn(`run: x\nprogress: ${progress}\n`).progress;
}

function refusal(progress: string): KedgeError {
  return refusalOf(`run: x\nprogress: ${progress}\n`);
}

describe('the key progress', () => {
  it('names a pattern of the output, or a file of the workdir', () => {
    assert.deepEqual(read("{regex: 'step (\\d+)/(\\d+)'}"), { regex: 'step (\\d+)/(\\d+)' });
    assert.deepEqual(read('{file: out/progress.txt}'), { file: 'out/progress.txt' });
    assert.equal(read('~'), null);
  });

  it('takes no pattern that could hang who matches it, and says why (fault 42)', () => {
    for (const source of ['(a)\\1', '(?=a)(b)', '(a{1,5000})']) {
      const { code, message } = refusal(`{regex: '${source}'}`);
      assert.equal(code, 'spec.bad-value');
      assert.match(message, /task\.yaml:2:\d+: "progress\.regex" cannot be matched in linear time/);
    }
    assert.match(refusal(`{regex: '(${'a'.repeat(200)})'}`).message, /longer than 200 characters/);
  });

  it('takes no pattern that finds nothing, or is none', () => {
    assert.match(refusal("{regex: 'step'}").message, /needs a group/);
    assert.match(refusal("{regex: '(a'}").message, /no regular expression: Unterminated group/);
  });

  it('takes no file outside of the workdir (fault 30)', () => {
    for (const path of ['/etc/passwd', '../x', 'a/../../x', '~/x']) {
      assert.match(refusal(`{file: '${path}'}`).message, /a path in the workdir/);
    }
  });

  it('takes one of the two', () => {
    assert.match(refusal("{regex: '(a)', file: b}").message, /needs regex or file/);
    assert.match(refusal('{}').message, /needs regex or file/);
    assert.equal(refusal('{regx: a}').hint, 'did you mean "regex"?');
  });
});
