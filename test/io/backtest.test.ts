import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

const JOB = ['--work', '3h', '--deadline', '6h', '--changeover', '30m'];
const PRICES = ['--on-demand', '3', '--spot', '1'];
const POLICIES = ['greedy', 'uniform_progress', 'uniform_progress_eager', 'kedge', 'optimum'];

type Tally = { mean_cost_usd: number; misses: number; preemptions: number };
type Report = {
  traces: { name: string; windows: number; policies: Record<string, Tally> | null }[];
  overall: { windows: number; policies: Record<string, Tally> };
};

describe('kedge backtest', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
    const data = (counts: string): string =>
      `{"metadata": {"gap_seconds": 3600}, "data": [${[...counts].join(',')}]}`;
    home.file('always.json', data('2'.repeat(20)));
    home.file('never.json', data('1'.repeat(20)));
    home.file('short.json', data('22'));
  });
  after(() => home.close());

  it('tells what each policy costs, per trace and overall', async () => {
    const { stdout } = await home.run([
      'backtest',
      'always.json',
      'never.json',
      'short.json',
      ...JOB,
      ...PRICES,
      '--need',
      '2',
      '--start-every',
      '7',
      '-o',
      'json',
    ]);
    const { traces, overall } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      traces.map(({ name, windows }) => [name, windows]),
      [
        ['always.json', 3],
        ['never.json', 3],
        ['short.json', 0],
      ],
    );
    for (const name of POLICIES) {
      assert.deepEqual(traces[0]!.policies![name]!.mean_cost_usd, 3.5, name);
      const { mean_cost_usd, misses, preemptions } = overall.policies[name]!;
      // Never: on-demand, one changeover; Kedge may stop once to wait, for another.
      assert.ok(mean_cost_usd >= 7 && mean_cost_usd <= 7.75, `${name} ${mean_cost_usd}`);
      assert.deepEqual([misses, preemptions], [0, 0], name);
    }
    assert.equal(traces[2]!.policies, null);
  });

  it('draws a table, and takes machines as the trace counts them', async () => {
    const { stdout } = await home.run(['backtest', 'never.json', ...JOB, ...PRICES]);
    assert.match(stdout, /^WINDOWS {2}GREEDY {2}UNIFORM {2}KEDGE {2}OPTIMUM {2}CLOSED {2}TRACE\n/);
    assert.match(stdout, /^12 +\$3\.50 +\$3\.50 +\$3\.50 +\$3\.50 +- +never\.json$/m);
  });

  it('takes traces as zones of one job, each at its price', async () => {
    const words = ['always.json', 'never.json', '--zones', '--on-demand', '3', '--spot'];
    const args = ['backtest', ...words, '1,0.5', ...JOB];
    type Group = {
      zones: { name: string; spot_usd_per_hour: number; alone: Tally }[];
      policies: Record<string, Tally>;
    };
    const { stdout } = await home.run([...args, '--need', '2', '-o', 'json']);
    const [group] = (JSON.parse(stdout) as { groups: Group[] }).groups;
    assert.deepEqual(
      group!.zones.map(({ name, spot_usd_per_hour: price }) => [name, price]),
      [
        ['always.json', 1],
        ['never.json', 0.5],
      ],
    );
    assert.equal(group!.zones[0]!.alone.mean_cost_usd, 3.5);
    assert.equal(group!.policies['kedge']!.mean_cost_usd, 3.5);
    assert.equal(group!.policies['optimum']!.mean_cost_usd, 3.5);
    const table = (await home.run([...args, '--need', '1'])).stdout;
    assert.match(table, /^12 +- +\$1\.75 +\$1\.75 +- +any of the 2$/m);
  });

  it('says what is wrong with a trace, an option and a window', async () => {
    home.file('bad.json', '{"data": [1]}');
    const run = async (...words: string[]) => home.run(['backtest', ...words, ...PRICES]);
    const bad = await run('bad.json', ...JOB);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /bad\.json is no trace of availability.*gap_seconds/s);
    assert.match((await run('gone.json', ...JOB)).stderr, /there is no file gone\.json/);
    assert.match((await run('short.json', ...JOB)).stderr, /no window of 6h fits/);
    const long = await run('short.json', ...JOB.slice(2), '--work', 'long');
    assert.match(long.stderr, /It must be a time/);
    const lone = await run('never.json', ...JOB, '--zones');
    assert.match(lone.stderr, /no two traces are zones of one region/);
    const prices = ['--on-demand', '3', '--spot', '1,2,3'];
    const pair = ['backtest', 'never.json', 'always.json', ...JOB, ...prices];
    assert.match((await home.run([...pair, '--zones'])).stderr, /3 prices of spot for 2 zones/);
    assert.equal((await home.run(pair)).code, 2);
  });
});
