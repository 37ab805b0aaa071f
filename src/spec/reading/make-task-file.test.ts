import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTasks } from '../read-tasks.ts';
import { problemsOf, refusalOf } from './read-for-tests.ts';

function needsIn(text: string): unknown {
  return readTasks(text, { file: 'f' }).needs;
}

describe('several tasks in one file', () => {
  it('run one after another when none says what it needs', () => {
    assert.deepEqual(needsIn('run: a\n---\nrun: b\n---\nrun: c\n'), [[], [0], [1]]);
  });

  it('wait for the tasks that they name, wherever those stand', () => {
    const text = 'name: c\nneeds: [a, b]\n---\nname: a\n---\nname: b\nneeds: a\n';
    assert.deepEqual(needsIn(text), [[1, 2], [], [1]]);
  });

  it('start at once when they need nothing, and others do', () => {
    assert.deepEqual(needsIn('run: a\n---\nname: b\nneeds: []\n'), [[], []]);
    assert.deepEqual(needsIn('name: a\nrun: a\n---\nneeds: [a]\n---\nname: c\n'), [[], [0], []]);
  });

  it('start at once under a header of a job group, but for what they need', () => {
    const header = 'name: g\nexecution: parallel\n---\n';
    assert.deepEqual(needsIn(`${header}name: a\n---\nname: b\n`), [[], []]);
    assert.deepEqual(needsIn(`${header}name: a\n---\nname: b\nneeds: a\n`), [[], [0]]);
  });

  it('may have empty documents between them', () => {
    assert.deepEqual(needsIn('---\n---\nrun: a\n---\n# none\n---\nrun: b\n...\n'), [[], [0]]);
  });

  it('a name alone is a task in a file of its own, and a header before others', () => {
    const one = readTasks('name: a\n', { file: 'f' });
    const two = readTasks('name: a\n---\nname: b\n', { file: 'f' });
    assert.deepEqual([one.name, one.tasks.length], ['a', 1]);
    assert.deepEqual([two.name, two.tasks.length, two.tasks[0]?.name], ['a', 1, 'b']);
  });

  it('have the lines of the file, not of their document', () => {
    const text = 'run: a\n---\nrun: b\nvolumes: {/a: b}\n---\nnmae: c\n';
    assert.equal(problemsOf(text)[0]?.line, 6);
    const { tasks } = readTasks(text.replace('nmae', 'name'), { file: 'f' });
    assert.deepEqual(
      tasks.map(({ notHonored }) => notHonored.map(({ line }) => line)),
      [[], [4], []],
    );
  });

  const mistakes: Readonly<Record<string, readonly [text: string, shown: RegExp]>> = {
    'a task that nobody is': [
      'name: train\nrun: a\n---\nneeds: [trian]\n',
      /:4:8: "needs" names "trian", and no task/,
    ],
    'a task that two are': [
      'name: a\nrun: a\n---\nname: a\n---\nneeds: [a]\n',
      /2 tasks of this file are called so/,
    ],
    itself: ['name: a\nneeds: a\n', /wait for each other: a needs a/],
    'tasks in a circle': [
      'name: a\nneeds: c\n---\nname: b\nneeds: a\n---\nname: c\nneeds: b\n',
      /wait for each other: a needs c needs b needs a/,
    ],
  };
  for (const [what, [text, shown]] of Object.entries(mistakes)) {
    it(`cannot need ${what}`, () => {
      const error = refusalOf(text);
      assert.equal(error.code, 'spec.invalid');
      assert.match(error.message, shown);
    });
  }

  it('a mistyped need names the closest task', () => {
    assert.equal(problemsOf('name: train\nrun: a\n---\nneeds: [trian]\n')[0]?.closest, 'train');
  });

  it('keeps long chains linear', () => {
    const names = Array.from({ length: 900 }, (_, index) => `name: t${index}`);
    const text = names.map((name, index) => `${name}\nneeds: t${(index + 1) % 900}\n`);
    assert.match(refusalOf(text.join('---\n')).message, /wait for each other/);
  });
});
