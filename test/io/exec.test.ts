import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execConformance } from '../../src/ports/exec.conformance.ts';
import { finished, KedgeHome } from './kedge-home.ts';
import { LocalPlace } from './local-place.ts';

execConformance('local', async () => new LocalPlace());

describe('kedge exec', { timeout: 120_000 }, () => {
  let home: KedgeHome;
  before(async () => {
    home = new KedgeHome();
    const run = 'run: "echo up; sleep 600 & wait"\n';
    const gang = home.file(
      'gang.yaml',
      `name: gang\nnum_nodes: 2\nenvs: {GREETING: hello}\n${run}`,
    );
    assert.equal((await home.run(['up', '-d', '--yes', gang])).code, 0);
    const follower = home.start(['logs', '-f', 'gang']);
    let seen = '';
    for await (const chunk of follower.stdout!) {
      seen += chunk;
      if (seen.includes('(0) up') && seen.includes('(1) up')) break;
    }
    follower.kill('SIGKILL');
  });
  after(() => home.close());

  it('runs on the node of a gang that is named, and exits with the code of the command', async () => {
    const script = 'echo "$GREETING from $KEDGE_NODE_RANK"; echo oh >&2; exit 5';
    const { code, stdout, stderr } = await home.run([
      'exec',
      'gang',
      '--rank',
      '1',
      '--',
      'sh',
      '-c',
      script,
    ]);
    assert.deepEqual([code, stdout, stderr], [5, 'hello from 1\n', 'oh\n']);
  });

  it('passes on what comes on stdin, byte for byte', async () => {
    const sent = Buffer.alloc(3_000_000, 'kedge\n');
    const command = piped(home, ['exec', 'gang', '--', 'cat']);
    command.stdin!.end(sent);
    const parts: Buffer[] = [];
    for await (const chunk of command.stdout!) parts.push(chunk as Buffer);
    assert.ok(Buffer.concat(parts).equals(sent));
    assert.equal(command.exitCode ?? (await once(command, 'close'))[0], 0);
  });

  it('of a command that reads nothing does not wait for the end of stdin', async () => {
    const command = piped(home, ['exec', 'gang', '--', 'echo', 'done']);
    assert.deepEqual(await finished(command), { code: 0, stdout: 'done\n', stderr: '' });
  });

  it('ends the command when it is interrupted, and the task goes on', async () => {
    const pidFile = join(home.dir, 'pid');
    const command = home.start([
      'exec',
      'gang',
      '--',
      'sh',
      '-c',
      `echo $$ > ${pidFile}; sleep 600`,
    ]);
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await tick();
    command.kill('SIGINT');
    assert.equal((await finished(command)).code, 130);
    const pid = readFileSync(pidFile, 'utf8').trim();
    while (existsSync(`/proc/${pid}`) && stateOf(pid) !== 'Z') await tick();
    const { stdout } = await home.run(['runs', '-o', 'json']);
    assert.equal(JSON.parse(stdout)[0].state, 'running');
  });

  it('leaves the run as it was, events and all', async () => {
    const events = async () => (await home.run(['show', 'gang', '-o', 'json'])).stdout;
    const earlier = await events();
    await home.run(['exec', 'gang', '--', 'true']);
    assert.deepEqual(JSON.parse(await events()).run, JSON.parse(earlier).run);
  });

  it('says what is wrong, with the code 125, where there is nothing to run beside', async () => {
    const noRank = await home.run(['exec', 'gang', '--rank', '7', '--', 'true']);
    assert.equal(noRank.code, 125);
    assert.match(noRank.stderr, /has no node of rank 7\n {2}hint: ranks go from 0 to 1\n/);
    const small = home.file('small.yaml', 'name: small\nrun: exit 0\n');
    await home.run(['up', '--yes', small]);
    const over = await home.run(['exec', 'small', '--', 'true']);
    assert.equal(over.code, 125);
    assert.match(over.stderr, /node 0 of run_\w+ has ended \(run succeeded\)/);
    assert.match(over.stderr, /code: run\.not-running/);
  });
});

/** With an open stdin. */
function piped(home: KedgeHome, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, '../../bin/kedge.js'), ...args], {
    env: { ...process.env, KEDGE_HOME: join(home.dir, 'home'), DATABASE_URL: '', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function stateOf(pid: string): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '';
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
