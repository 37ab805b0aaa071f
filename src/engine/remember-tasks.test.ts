import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import { rememberTasks } from './remember-tasks.ts';

describe('the task files of runs', () => {
  const counted = () => {
    const asked: string[] = [];
    const read = rememberTasks((text) => {
      asked.push(text);
      return buildTaskFile([buildTask({ run: text })]);
    });
    return { asked, of: (text: string) => read(text, { file: 'task.yaml' }).tasks[0]?.run };
  };

  it('are read once, however often their runs are looked at', () => {
    const { asked, of } = counted();
    assert.deepEqual([of('a'), of('b'), of('a'), of('a')], ['a', 'b', 'a', 'a']);
    assert.deepEqual(asked, ['a', 'b']);
  });

  it('are not all kept for ever', () => {
    const { asked, of } = counted();
    for (let text = 0; text < 1000; text++) of(String(text));
    of('999');
    of('0');
    assert.deepEqual(asked.slice(1000), ['0']);
  });
});
