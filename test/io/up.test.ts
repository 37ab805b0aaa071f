import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { finished, KedgeHome } from './kedge-home.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

describe('kedge up', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('trains the digits, follows the log to its last line, and bills', async () => {
    const { code, stdout, stderr } = await home.run(['up', join(EXAMPLES, 'digits', 'task.yaml')]);
    assert.equal(code, 0, stderr);
    const last = /^accuracy (0\.\d+)$/.exec(stdout.trim().split('\n').at(-1)!);
    assert.ok(Number(last?.[1]) >= 0.96, stdout);
    assert.match(stderr, /→ local/);
    assert.match(stderr, /what-if: \$0\.\d+\/h at \S+ .*cannot launch yet/);
    assert.match(stderr, /cost \$0\.\d+ \(estimate\)/);
    const { stdout: json } = await home.run(['cost', '-o', 'json']);
    const bill = JSON.parse(json) as { schema: string; cost_usd: number; lines: unknown[] };
    assert.equal(bill.schema, 'kedge.bill/v1');
    assert.ok(bill.cost_usd > 0 && bill.lines.length === 1);
  });

  it('leaves the folder of the task as it was', () => {
    assert.ok(!existsSync(join(EXAMPLES, 'digits', 'checkpoints')));
  });

  it('exits with the code of the task', async () => {
    const task = home.file('three.yaml', 'run: exit 3\n');
    assert.equal((await home.run(['up', task])).code, 3);
  });

  it('detached, prints the id and lets go; logs -f follows with the code of the task', async () => {
    const task = home.file('slow.yaml', 'name: slow\nrun: |\n  sleep 0.3\n  echo late\n  exit 5\n');
    const { code, stdout } = await home.run(['up', '-d', task]);
    assert.equal(code, 0);
    assert.match(stdout, /^run_[0-9a-f]{32}\n$/);
    const followed = await home.run(['logs', '-f', stdout.trim()]);
    assert.deepEqual([followed.code, followed.stdout], [5, 'late\n']);
    assert.equal((await home.run(['logs', 'slow'])).stdout, 'late\n');
  });

  it('an interrupt lets go of the run, and stop ends it', async () => {
    const task = home.file('long.yaml', 'name: long\nrun: |\n  echo begun\n  sleep 1000\n');
    const up = home.start(['up', task]);
    const end = finished(up);
    await once(up.stdout!, 'data');
    up.kill('SIGINT');
    const { code, stderr } = await end;
    assert.equal(code, 130);
    assert.match(stderr, /goes on; follow it with `kedge logs -f [0-9a-f]{8}`/);
    assert.equal((await home.run(['stop', 'long'])).code, 0);
    assert.equal((await home.run(['logs', '-f', 'long'])).code, 130);
    const { stdout } = await home.run(['show', 'long', '-o', 'json']);
    const { run } = JSON.parse(stdout) as { run: { outcome: string } };
    assert.equal(run.outcome, 'cancelled');
  });

  it('a variable of the command line wins over that of the file; a secret is in no log', async () => {
    const text = 'envs: {WHO: file}\nsecrets: {KEY: null}\nrun: echo $WHO ${#KEY}\n';
    const task = home.file('envs.yaml', text);
    const given = { KEY: 'canary-7f3a' };
    const { stdout, stderr } = await home.run(['up', task, '--env', 'WHO=you'], given);
    assert.equal(stdout, 'you 11\n', stderr);
    const shown = await home.run(['show', '-o', 'json']);
    assert.ok(!shown.stdout.includes('canary'));
    const database = readFileSync(join(home.dir, 'home', 'data', 'kedge.db'), 'latin1');
    assert.ok(!database.includes('canary'));
  });

  it('a variable without a value must be given, and then the task runs with it', async () => {
    const task = home.file('required.yaml', 'envs: {WHO: null}\nrun: echo $WHO\n');
    const refused = await home.run(['up', task]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /"envs\.WHO" .* give one with --env WHO=VALUE/);
    const { code, stdout, stderr } = await home.run(['up', task, '--env', 'WHO=you']);
    assert.deepEqual([code, stdout], [0, 'you\n'], stderr);
    assert.doesNotMatch(stderr, /not honored/);
  });

  it('three nodes see each other as one gang', async () => {
    const run = 'echo $KEDGE_NODE_RANK of $KEDGE_NUM_NODES at $MASTER_ADDR';
    const task = home.file('gang.yaml', `num_nodes: 3\nrun: ${run}\n`);
    const { code, stdout } = await home.run(['up', task]);
    assert.equal(code, 0);
    const lines = stdout.trim().split('\n').toSorted();
    assert.deepEqual(
      lines,
      [0, 1, 2].map((rank) => `(${rank}) ${rank} of 3 at 127.0.0.1`),
    );
  });

  it('a pipeline runs in order, each part when the one before has succeeded', async () => {
    const text = 'name: first\nrun: echo one\n---\nname: second\nrun: echo two\n';
    const { code, stdout } = await home.run(['up', home.file('pipe.yaml', text)]);
    assert.deepEqual([code, stdout.match(/one|two/g)], [0, ['one', 'two']]);
  });

  it('a key that is not honored is refused where something else would run', async () => {
    const task = home.file('image.yaml', 'resources: {image_id: ami-0123}\nrun: echo ran\n');
    const refused = await home.run(['up', task]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /code: spec\.key-not-honored/);
    const ignored = await home.run(['up', task, '--ignore-key', 'image_id']);
    assert.deepEqual([ignored.code, ignored.stdout], [0, 'ran\n']);
  });

  it('plan, offers and demand start no server', async () => {
    const fresh = new KedgeHome();
    try {
      const task = join(EXAMPLES, 'digits', 'task.yaml');
      for (const args of [
        ['plan', task],
        ['demand', task],
        ['offers', '--limit', '1'],
      ]) {
        assert.equal((await fresh.run(args)).code, 0, args.join(' '));
      }
      assert.deepEqual(fresh.serverPids(), []);
    } finally {
      fresh.close();
    }
  });

  it('the working directory is a copy: what a task writes there stays there', async () => {
    const folder = join(home.dir, 'project');
    cpSync(join(EXAMPLES, 'seed-mix'), folder, { recursive: true });
    const task = home.file('project/write.yaml', 'workdir: .\nrun: ls task.yaml && touch made\n');
    assert.equal((await home.run(['up', task])).code, 0);
    assert.ok(!existsSync(join(folder, 'made')));
  });

  it('a retry runs what was there at up, though the folder has changed since and is gone', async () => {
    const folder = join(home.dir, 'frozen');
    mkdirSync(folder);
    writeFileSync(join(folder, 'word'), 'then\n');
    writeFileSync(join(home.dir, 'mount'), 'mounted\n');
    const gone = `rm -r ${folder}; echo now > ${join(home.dir, 'mount')}`;
    const run = `cat word m; test $KEDGE_ATTEMPT = 2 && exit 0; ${gone}; exit 1`;
    const text = `workdir: frozen\nfile_mounts: {m: mount}\nretries: 1\nrun: ${run}\n`;
    const { code, stdout, stderr } = await home.run(['up', home.file('frozen.yaml', text)]);
    assert.deepEqual([code, stdout], [0, 'then\nmounted\n'.repeat(2)], stderr);
    assert.ok(!existsSync(folder));
  });

  it('a workdir that is too large is refused, and may be allowed', async () => {
    const folder = join(home.dir, 'large');
    mkdirSync(folder);
    writeFileSync(join(folder, 'data'), 'x'.repeat(3000));
    const task = home.file('large.yaml', 'workdir: large\nrun: wc -c < data\n');
    const refused = await home.run(['up', task], { KEDGE_BUNDLE_MAX: '2KB' });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /more than 2 KiB, .* in large\/data[^]*KEDGE_BUNDLE_MAX/);
    assert.equal((await home.run(['up', task], { KEDGE_BUNDLE_MAX: '4KB' })).stdout, '3000\n');
  });
});
