import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { KedgeHome, kill } from './kedge-home.ts';

/** What a person sees when something is wrong: what, why, a hint, a code; and nothing is lost. */
describe('when something is wrong', () => {
  let home: KedgeHome;
  beforeEach(() => {
    home = new KedgeHome();
  });
  afterEach(() => home.close());

  const fails = async (args: readonly string[], code: string, env = {}): Promise<string> => {
    const { code: exit, stderr } = await home.run(args, env);
    assert.match(stderr, new RegExp(`code: ${code.replace('.', '\\.')} `), stderr);
    assert.match(stderr, /^error: /m);
    assert.notEqual(exit, 0);
    return stderr;
  };
  const dataFile = (name: string): string => join(home.dir, 'home', 'data', name);

  it('a command that does not exist ends the run with 127, and says so', async () => {
    const task = home.file('t.yaml', 'run: no-such-program-here\n');
    const { code, stdout, stderr } = await home.run(['up', task]);
    assert.equal(code, 127);
    assert.match(stdout, /no-such-program-here: command not found/);
    assert.match(stderr, /command (was )?not found/);
  });

  it('a workdir that is not there is told before anything starts', async () => {
    const task = home.file('t.yaml', 'workdir: ./nowhere\nrun: true\n');
    assert.match(await fails(['up', task], 'driver.workdir-unreadable'), /nowhere/);
    assert.deepEqual(home.serverPids(), []);
  });

  it('a port in use is named', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const port = String((squatter.address() as AddressInfo).port);
    assert.match(
      await fails(['server', 'start', '--port', port], 'server.port-in-use'),
      new RegExp(port),
    );
    squatter.close();
  });

  it('a second server on the same data is refused, and the first goes on', async () => {
    await home.run(['server', 'start']);
    await fails(['server', 'start'], 'server.already-running');
    await fails(['server', 'start', '--foreground'], 'server.already-running');
    assert.equal((await home.run(['server', 'status'])).code, 0);
    assert.equal(home.serverPids().length, 1);
  });

  it('a database that is damaged is left as it is, with a way out', async () => {
    mkdirSync(join(home.dir, 'home', 'data'), { recursive: true });
    writeFileSync(dataFile('kedge.db'), 'not a database, whatever its name says'.repeat(100));
    const said = await fails(['runs'], 'state.corrupt');
    assert.match(said, /hint: .*(move|mv)/);
    assert.match(readFileSync(dataFile('kedge.db'), 'latin1'), /^not a database/);
  });

  it('a home that cannot be written is named, with another way', async () => {
    const file = home.file('a-file', '');
    const said = await fails(['runs'], 'state.read-only', { KEDGE_HOME: join(file, 'home') });
    assert.match(said, /KEDGE_HOME/);
  });

  it('a wrong token is exit 4', async () => {
    await home.run(['server', 'start']);
    const token = join(home.dir, 'home', 'state', 'token');
    const kept = readFileSync(token, 'utf8');
    assert.equal(statSync(token).mode & 0o777, 0o600);
    writeFileSync(token, 'f'.repeat(64));
    const { code, stderr } = await home.run(['runs']);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /code: auth\.denied/);
    writeFileSync(token, kept);
  });

  it('a token that was removed is exit 4 too, with the way out', async () => {
    await home.run(['server', 'start']);
    rmSync(join(home.dir, 'home', 'state', 'token'));
    const { code, stderr } = await home.run(['runs']);
    assert.equal(code, 4, stderr);
    assert.match(stderr, new RegExp(`hint: .*kill ${home.serverPids()[0]}`));
  });

  it('whoever has taken the port of a dead server is told no token', async () => {
    await home.run(['server', 'start']);
    const serverFile = join(home.dir, 'home', 'state', 'server.json');
    const { url } = JSON.parse(readFileSync(serverFile, 'utf8')) as { url: string };
    for (const pid of home.serverPids()) kill(pid);
    let heard = '';
    const stranger = createServer((socket) => {
      socket.on('data', (bytes) => {
        heard += bytes.toString();
        socket.destroy();
      });
    });
    // The system may take a moment to free the port.
    while (!stranger.listening) {
      stranger.listen(Number(new URL(url).port), '127.0.0.1');
      await once(stranger, 'listening').catch(() => delay(10));
    }
    const { code } = await home.run(['runs']);
    stranger.close();
    assert.deepEqual([code, heard], [0, '']);
  });

  it('whoever hangs up in the middle of a file leaves nothing behind, and is no bug of ours', async () => {
    await home.run(['server', 'start']);
    const stateFile = (name: string): string => join(home.dir, 'home', 'state', name);
    const { url } = JSON.parse(readFileSync(stateFile('server.json'), 'utf8')) as { url: string };
    const authorization = `Bearer ${readFileSync(stateFile('token'), 'utf8').trim()}`;
    const path = `/v1/tenants/default/bundles/blobs/${'0'.repeat(64)}-644`;
    const headers = { authorization, 'content-length': '1000000' };
    const sending = request(url + path, { method: 'PUT', headers }).on('error', () => {});
    const drafts = dataFile('bundles/default/drafts');
    const draftCount = (): number => (existsSync(drafts) ? readdirSync(drafts).length : 0);
    sending.write('the first part');
    while (draftCount() === 0) await delay(10);
    sending.destroy();
    while (draftCount() > 0) await delay(10);
    await home.run(['server', 'stop']);
    assert.doesNotMatch(readFileSync(stateFile('server.log'), 'utf8'), /bug/);
  });

  it('a server that was told to stop has stopped, and the next command starts another', async () => {
    await home.run(['server', 'start']);
    for (let round = 0; round < 3; round++) {
      assert.equal((await home.run(['server', 'stop'])).code, 0);
      assert.deepEqual(home.serverPids(), []);
      assert.equal((await home.run(['runs'])).code, 0);
    }
  });

  it('commands that need a server at the same moment start one, and all are served', async () => {
    const calls = Array.from({ length: 4 }, () => home.run(['runs']));
    for (const { code, stderr } of await Promise.all(calls)) assert.equal(code, 0, stderr);
    assert.equal(home.serverPids().length, 1);
  });

  it('spending money is not begun unasked where there is no terminal to ask on', async () => {
    mkdirSync(join(home.dir, 'home', 'config'), { recursive: true });
    home.file('home/config/config.yaml', 'local: {usd_per_hour: 0.5}\n');
    const task = home.file('t.yaml', 'run: echo ran\n');
    await fails(['up', task], 'plan.needs-prompt');
    assert.equal((await home.run(['up', '--yes', task])).stdout, 'ran\n');
  });

  it('a full disk refuses the launch, and after space returns all goes on (fault 12)', async (test) => {
    const disk = join(home.dir, 'home');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    if (mounted.status !== 0) return test.skip('a small disk can be mounted by root only');
    try {
      const task = home.file('t.yaml', 'run: echo hello\n');
      assert.equal((await home.run(['up', task])).stdout, 'hello\n');
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=64k']);
      const { code, stderr } = await home.run(['up', task]);
      assert.notEqual(code, 0);
      assert.match(stderr, /code: state\.disk-full/, stderr);
      const large = home.file('large.yaml', 'file_mounts: {f: filler}\nrun: echo ran\n');
      home.file('filler', 'x'.repeat(4_000_000));
      assert.match(await fails(['up', large], 'state.disk-full'), /free some space/);
      spawnSync('rm', [join(disk, 'filler')]);
      assert.equal((await home.run(['up', task])).stdout, 'hello\n');
    } finally {
      await home.run(['server', 'stop']);
      spawnSync('umount', ['-l', disk]);
    }
  });
});
