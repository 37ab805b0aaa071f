import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { finished, KedgeHome } from '../io/kedge-home.ts';
import { PostgresServer } from './postgres-server.ts';

if (process.env['KEDGE_SKIP_LIVE'] === '1') {
  test('a server over PostgreSQL', {
    skip: 'KEDGE_SKIP_LIVE=1: no PostgreSQL is started',
  }, () => {});
} else {
  const server = await PostgresServer.start();
  const home = new KedgeHome();
  after(async () => {
    home.close();
    await server.remove();
  });
  outage(server, home);
}

type Row = { readonly state: string; readonly outcome: string; readonly attempts: unknown[] };

function outage(server: PostgresServer, home: KedgeHome): void {
  test('a run outlives its database: refused while it is away, ended once it is back (fault 11)', async () => {
    const env = { DATABASE_URL: await server.newDatabase() };
    const marks = join(home.dir, 'marks');
    const text = `name: team\nrun: echo begun >> ${marks}; sleep 2; echo done\n`;
    const up = await home.run(['up', '--detach', home.file('task.yaml', text)], env);
    assert.equal(up.code, 0, up.stderr);
    await untilText(marks);
    await server.kill();
    const refused = await home.run(['runs'], env);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /state\.unavailable/);
    assert.doesNotMatch(refused.stderr, /secret-of-the-test/);
    await sleep(2500); // the task ends meanwhile
    await server.start();
    const row = await untilEnded(home, env);
    assert.deepEqual([row.outcome, row.attempts.length], ['succeeded', 1]);
    assert.equal(readFileSync(marks, 'utf8'), 'begun\n');
  });

  test('following a run goes on when its database is back, and ends with the code of the task', async () => {
    const env = { DATABASE_URL: await server.newDatabase() };
    await home.run(['server', 'stop']);
    const marks = join(home.dir, 'followed');
    const text = `name: followed\nrun: echo begun >> ${marks}; sleep 2; echo done; exit 3\n`;
    const up = finished(home.start(['up', home.file('followed.yaml', text)], env));
    await untilText(marks);
    await server.kill();
    await sleep(2500); // the task ends meanwhile
    await server.start();
    const { code, stdout, stderr } = await up;
    assert.deepEqual([code, stdout], [3, 'done\n'], stderr);
    assert.match(stderr, /kedge: waiting: .*database/);
  });

  test('what a server did, its successor on the same database knows', async () => {
    const env = { DATABASE_URL: await server.newDatabase() };
    await home.run(['server', 'stop']);
    const task = home.file('task.yaml', 'name: kept\nrun: echo kept\n');
    const up = await finished(home.start(['up', task], env));
    assert.deepEqual([up.code, up.stdout], [0, 'kept\n'], up.stderr);
    await home.run(['server', 'stop']);
    const { stdout } = await home.run(['runs', '-o', 'json'], env);
    assert.equal((JSON.parse(stdout) as Row[]).length, 1);
  });
}

async function untilText(file: string): Promise<void> {
  for (;;) {
    try {
      if (readFileSync(file, 'utf8') !== '') return;
    } catch {
      // It has not begun.
    }
    await sleep(20);
  }
}

async function untilEnded(home: KedgeHome, env: Record<string, string>): Promise<Row> {
  for (;;) {
    const { code, stdout, stderr } = await home.run(['runs', '-o', 'json'], env);
    assert.equal(code, 0, stderr);
    const [row] = JSON.parse(stdout) as Row[];
    if (row?.state === 'ended') return row;
    await sleep(200);
  }
}
