import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildPlan } from '../spec/build-for-tests.ts';
import { readTasks } from '../spec/read-tasks.ts';
import { changedText, describeChange } from './what-if.ts';

const TEXT = 'name: a\ngoal: {deadline: 24h, budget: $9}\nrun: x # why\n---\nname: b\nrun: y\n';

describe('what if', () => {
  it('changes the goal of every task, and nothing else', () => {
    const { tasks } = readTasks(changedText(TEXT, ['deadline=12h', 'budget=$20']), { file: 'f' });
    const HOUR_MS = 3_600_000;
    assert.deepEqual(
      tasks.map(({ name, goal }) => [name, goal.deadlineMs, goal.budgetMicros]),
      [
        ['a', 12 * HOUR_MS, 20_000_000],
        ['b', 12 * HOUR_MS, 20_000_000],
      ],
    );
    assert.equal(tasks[0]!.run, 'x');
  });

  it('refuses what it cannot change, and says how to write it', () => {
    for (const bad of ['region=eu', 'deadline', 'deadline=', '=12h', '']) {
      assert.throws(() => changedText(TEXT, [bad]), { code: 'cli.usage', hint: /deadline=12h/ });
    }
  });

  it('tells a value that makes no sense as in a file', () => {
    const text = changedText(TEXT, ['deadline=soon']);
    assert.throws(() => readTasks(text, { file: 'task.yaml' }), { code: 'spec.bad-value' });
  });

  it('says what it would cost more or less', () => {
    const before = { ...buildPlan(), costMicros: 5_000_000 as never, hours: 2 };
    const after = { ...before, costMicros: 7_000_000 as never, hours: 1 };
    const words = describeChange(['deadline=1h'], { before, after }).join('\n');
    assert.match(words, /\$5\.00 → \$7\.00 \(\$2\.00 more\)/);
    assert.match(words, /2h → 1h/);
  });
});
