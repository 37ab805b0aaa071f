import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Finished, KedgeHome } from './kedge-home.ts';
import { RENDEZVOUS } from './rendezvous.ts';

describe('a gang of three nodes', { timeout: 120_000 }, () => {
  let home: KedgeHome;
  let met: Finished;
  before(async () => {
    home = new KedgeHome();
    home.file('meet.cjs', RENDEZVOUS);
    const workdir = 'workdir: .\nfile_mounts: {}\n';
    const run = 'run: node meet.cjs\n';
    home.file('.kedgeignore', 'home\n');
    const task = home.file('gang.yaml', `name: gang\nnum_nodes: 3\n${workdir}${run}`);
    met = await home.run(['up', '--yes', task]);
  });
  after(() => home.close());

  it('meets at the address that all of its nodes are given, each with its rank', () => {
    assert.equal(met.code, 0, met.stderr);
    const lines = met.stdout.trim().split('\n').toSorted();
    const expected = [0, 1, 2].map((rank) => `(${rank}) rank ${rank} of 3 met 0,1,2`);
    assert.deepEqual(lines, expected);
  });

  it('has its output by rank: all of it with labels, or that of one node as it was', async () => {
    const all = await home.run(['logs', 'gang']);
    assert.equal(all.stdout.split('\n').filter(Boolean).length, 3);
    assert.match(all.stdout, /^\(1\) rank 1 of 3/m);
    const one = await home.run(['logs', 'gang', '--rank', '1']);
    assert.equal(one.stdout, 'rank 1 of 3 met 0,1,2\n');
    const none = await home.run(['logs', 'gang', '--rank', '3']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no node of rank 3\n {2}hint: ranks go from 0 to 2\n/);
  });

  it('is torn down whole when one of its nodes fails, and has the code of that one', async () => {
    const run = 'run: "[ $RANK = 1 ] && { sleep 0.5; exit 7; }; echo up; sleep 600 & wait"\n';
    const task = home.file('one-fails.yaml', `name: one-fails\nnum_nodes: 3\n${run}`);
    const { code, stderr } = await home.run(['up', '--yes', task]);
    assert.equal(code, 7, stderr);
    const { stdout } = await home.run(['show', 'one-fails', '-o', 'json']);
    const { run: shown } = JSON.parse(stdout);
    const ends = shown.nodes.map((node: Node) => [node.rank, node.state, node.exit_code]);
    assert.deepEqual(ends[1], [1, 'ended', 7]);
    assert.deepEqual([ends[0][1], ends[2][1]], ['ended', 'ended']);
    assert.equal(shown.outcome, 'task-failed');
  });
});

type Node = {
  readonly rank: number;
  readonly state: string;
  readonly exit_code: number | null;
};
