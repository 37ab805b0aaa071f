import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { makeId } from '../../src/base/ids.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { type Client, connect } from '../../src/sdk/client.ts';
import { homeOf } from '../../src/sdk/home.ts';
import { KedgeHome } from './kedge-home.ts';

/** 200 in CI; each is a supervisor and a shell of its own, which takes a small machine a while. */
const LAUNCHES = Number(process.env['KEDGE_LAUNCHES'] ?? 30);
const MACHINES = 10;
const POLL_MS = 200;

/** A real server on this machine, of which it may hand out ten vCPUs, whatever it has. */
describe(`${LAUNCHES} launches at once on a machine for ten (fault 43)`, () => {
  let home: KedgeHome;
  let client: Client;
  before(async () => {
    home = new KedgeHome();
    const { configDir, serverFile, tokenFile } = homeOf({ KEDGE_HOME: join(home.dir, 'home') });
    mkdirSync(configDir, { recursive: true });
    writeFileSync(join(configDir, 'config.yaml'), `local: {cpus: ${MACHINES}}\n`);
    assert.equal((await home.run(['server', 'start'])).code, 0);
    const { url } = JSON.parse(readFileSync(serverFile, 'utf8')) as { url: string };
    const token = readFileSync(tokenFile, 'utf8').trim();
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    client = connect({ url, token }, { version });
  });
  after(() => home.close());

  const runOf = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run(args);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('never more than ten run at a time, and all of them do', async () => {
    const book = join(home.dir, 'book');
    const run = `echo + >> ${book}; sleep 0.2; echo - >> ${book}`;
    const text = `name: one\nresources: {cpus: 1}\nrun: ${run}\n`;
    // The product's own plan of it, which the others are launched by too.
    const first = (await runOf(['up', '-d', home.file('one.yaml', text)])).trim();
    const { plan } = await client.run(first);
    assert.equal(plan.allocations[0]?.reserves?.cpusMilli, 1000);
    const request = { name: 'one', taskText: text, baseDir: home.dir, envs: {}, secrets: {}, plan };
    const ids = Array.from({ length: LAUNCHES - 1 }, () =>
      makeId('run', asEpochMs(Date.now()), Math.random),
    );
    const launches = ids.map((runId) => client.launch(runId, { ...request, bundleId: null }));
    await Promise.all(launches);
    for (;;) {
      const runs = await client.runs({ after: null, limit: 1000 });
      if (runs.every(({ state }) => state === 'ended')) {
        assert.deepEqual(new Set(runs.map(({ outcome }) => outcome)), new Set(['succeeded']));
        break;
      }
      await delay(POLL_MS);
    }
    const marks = readFileSync(book, 'utf8').trim().split('\n');
    assert.equal(marks.length, 2 * LAUNCHES);
    const most = mostOpen(marks);
    assert.ok(most > 1 && most <= MACHINES, `${most} ran at a time`);
  });

  it('what waits says where it stands in line, and is told of by show, runs and why', async () => {
    const gang = 'num_nodes: 5\nresources: {cpus: 2}\nrun: sleep 1000\n';
    const long = home.file('long.yaml', `name: long\n${gang}`);
    const more = 'resources: {cpus: 2}\nwork: {hours: 1}\nrun: true\n';
    await runOf(['up', '-d', long]);
    await runOf(['up', '-d', home.file('second.yaml', `name: second\n${more}`)]);
    const task = home.file('urgent.yaml', `name: urgent\n${more}`);
    const urgent = (await runOf(['up', '-d', '--priority', '5', task])).trim();
    for (;;) {
      const { waits } = await client.queue(urgent);
      if (waits[0]?.length === 2) break;
      await delay(POLL_MS);
    }
    assert.match(await runOf(['runs']), /second +queued #2/);
    assert.match(await runOf(['show', 'urgent']), /^queue +#1 of 2, starts when those before it/m);
    const why = await runOf(['why', 'second']);
    assert.match(why, /waits for 2 vCPUs on this machine: 10 of 10 in use by 1 run\./);
    assert.match(
      why,
      new RegExp(`2nd of 2 in line; ahead of it: ${urgent.slice(-8)} \\(priority 5\\)`),
    );
    assert.ok(
      why.split('\n').every((line) => line.length <= 80),
      why,
    );
    await runOf(['stop', 'long']);
    assert.match(await runOf(['logs', '-f', 'second']), /^$/);
    assert.match(await runOf(['why', 'second']), /second \(.*\): succeeded\n +It succeeded/);
  });

  it('a priority that is none is refused before anything is sent', async () => {
    const { code, stderr } = await home.run(['up', '--priority', 'high', 'task.yaml']);
    assert.equal(code, 2);
    assert.match(stderr, /whole number, -1000 to 1000/);
  });
});

/** Most that had begun and not ended, by the order of their lines in one file. */
function mostOpen(marks: readonly string[]): number {
  let [open, most] = [0, 0];
  for (const mark of marks) {
    open += mark === '+' ? 1 : -1;
    most = Math.max(most, open);
  }
  return most;
}
