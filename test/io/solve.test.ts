import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const H100 = 'name: h100\nresources: {accelerators: H100:8}\nwork: {hours: 2}\n';

describe('kedge solve', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await home.run([...args, '-o', 'json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('solves again what a plan has solved, with cost, bound, gap, proof and seconds', async () => {
    const task = home.file('h100.yaml', H100);
    const plan = await json('plan', task, '--save', 'problem.json');
    const solution = await json('solve', 'problem.json', '--time-limit', '10s');
    assert.deepEqual(
      [solution['cost_usd'], solution['bound_usd'], solution['gap'], solution['proof']],
      [plan['cost_usd'], plan['cost_usd'], 0, 'enumeration'],
    );
    assert.equal(typeof solution['seconds'], 'number');
    const [line] = solution['lines'] as readonly Record<string, unknown>[];
    const [allocation] = plan['allocations'] as readonly Record<string, unknown>[];
    assert.equal(line!['offer_id'], allocation!['offer_id']);
  });

  it('says the same of the same problem, wherever it is written', async () => {
    const task = join(EXAMPLES, 'seed-mix', 'task.yaml');
    await json('plan', task, '--save', 'mix.json');
    const { problem } = JSON.parse(JSON.stringify(await json('solve', 'mix.json')));
    const compact = JSON.stringify(JSON.parse(readFileSync(join(home.dir, 'mix.json'), 'utf8')));
    assert.equal((await json('solve', home.file('compact.json', compact)))['problem'], problem);
  });

  it('finds the same plan through a solver that is asked for, and compares them all', async () => {
    const task = join(EXAMPLES, 'seed-mix', 'task.yaml');
    assert.equal((await json('plan', task, '--solver', 'exact'))['cost_usd'], 5);
    const { solvers } = await json('plan', task, '--compare-solvers');
    const byName = new Map(
      (solvers as readonly Record<string, unknown>[]).map((one) => [one['solver'], one]),
    );
    assert.match(String(byName.get('enumerate')!['why']), /more ways than a list/);
    assert.equal(byName.get('exact')!['value'], 5);
  });

  it('refuses what is no problem, and says where and why', async () => {
    const none = await home.run(['solve', 'nothing.json']);
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /there is no file nothing\.json/);
    const negative = { id: 'a', usd_per_hour: -1 };
    const work = { kind: 'choice', options: [{ offer: 0, hours: 1 }] };
    const text = JSON.stringify({
      schema: 'kedge.problem/v1',
      offers: [negative],
      tasks: [{ work }],
    });
    const bad = await home.run(['solve', home.file('bad.json', text)]);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /offers\[0\]\.usd_per_hour: must be at least 0/);
    const late = await home.run(['solve', 'problem.json', '--time-limit', '10']);
    assert.equal(late.code, 2);
    assert.match(late.stderr, /a time with its unit/);
  });
});
