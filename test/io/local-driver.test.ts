import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { processesOf, startTicksOf } from '../../src/adapters/drivers/local/process-table.ts';
import {
  buildGang,
  buildNodeSpec,
  ended,
  readAll,
  text,
} from '../../src/ports/driver.conformance.ts';
import type { NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import { kill } from './kedge-home.ts';
import { LocalPlace } from './local-place.ts';

let place: LocalPlace;
beforeEach(() => {
  place = new LocalPlace();
});
afterEach(() => place.cleanup());

/** Starts a node and waits until it has written something. */
async function begin(run: string, parts: Partial<NodeSpec> = {}): Promise<NodeRef> {
  const spec = buildNodeSpec({ run, ...parts });
  await place.driver.create(spec);
  await place.waitFor(spec.ref, () => logOf(spec.ref) !== '');
  return spec.ref;
}

function logOf(ref: NodeRef): string {
  const { logFile } = place.node(ref);
  return existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
}

async function outputOf(ref: NodeRef): Promise<string> {
  return text(await readAll(place.driver, ref, 65_536));
}

function leftOf(ref: NodeRef): readonly number[] {
  return processesOf(place.node(ref).dir);
}

describe('a task on this machine', () => {
  it('is lost with its supervisor, and told so only when nothing of it runs', async () => {
    // Workers in sessions of their own, as torchrun makes them, are found too.
    const ref = await begin('setsid sleep 600 & echo up; sleep 600; true');
    // Supervisor, bash, and two sleeps.
    await place.waitFor(ref, () => leftOf(ref).length >= 4);
    kill(place.supervisorPid(ref));
    const end = await ended(place, ref);
    assert.deepEqual([end.how, end.reason], ['lost', 'the supervisor was killed']);
    assert.deepEqual(leftOf(ref), []);
    assert.deepEqual(await place.driver.observe([ref]), [end], 'and stays as told');
    assert.ok(!existsSync(place.node(ref).specFile), 'its secrets are gone');
  });

  it('killed from outside is lost too, and told apart from its supervisor', async () => {
    const ref = await begin('echo $$; while :; do sleep 600; done');
    process.kill(-Number(logOf(ref)), 'SIGKILL');
    const end = await ended(place, ref);
    assert.equal(end.how, 'lost');
    assert.match(end.reason, /^run was killed by SIGKILL/);
  });

  it('outlives the server that started it, and loses no output', async () => {
    const spec = buildNodeSpec({ run: 'echo one; sleep 0.3; echo two; exit 9' });
    const options = { dataDir: place.dataDir, nodeBin: process.execPath };
    const server = spawn(process.execPath, ['--input-type=module', '-e', serverThatDies], {
      env: { ...process.env, SPEC: JSON.stringify(spec), OPTIONS: JSON.stringify(options) },
    });
    await new Promise((resolve) => server.once('exit', resolve));
    assert.equal(server.signalCode, 'SIGKILL');
    const end = await ended(place, spec.ref);
    assert.deepEqual([end.how, end.exitCode], ['exited', 9]);
    assert.equal(await outputOf(spec.ref), 'one\ntwo\n');
  });

  it('is started once by fifty creates at once through five drivers', async () => {
    const marks = join(place.dir, 'marks');
    const spec = buildNodeSpec({ run: `echo begun >> ${marks}; sleep 0.2` });
    const drivers = Array.from({ length: 5 }, () => place.another());
    const creates = Array.from({ length: 50 }, (_, i) => drivers[i % 5]!.create(spec));
    await Promise.all(creates);
    const end = await ended(place, spec.ref);
    assert.deepEqual([end.how, end.exitCode], ['exited', 0]);
    assert.equal(readFileSync(marks, 'utf8'), 'begun\n');
  });

  it('may save its work within the grace, though bash has gone before it', async () => {
    const saver = `trap 'sleep 0.2; echo saved; exit 0' TERM; echo up; while :; do sleep 0.05; done`;
    const ref = await begin(`bash -c "${saver}"; echo never`);
    await place.driver.stop(ref, { graceMs: 10_000 });
    assert.equal((await ended(place, ref)).how, 'stopped');
    // Bash says `Terminated` of a sleep that was under way.
    assert.match(await outputOf(ref), /^up\n(Terminated\n)?saved\n$/);
  });

  it('takes with it what it leaves in the background, after its last output', async () => {
    const ref = await begin('exec > >(sleep 0.1; cat); sleep 600 & echo up');
    const end = await ended(place, ref);
    assert.deepEqual([end.how, end.exitCode], ['exited', 0]);
    assert.equal(await outputOf(ref), 'up\n');
    // The supervisor itself ends just after it has told.
    const supervisor = place.supervisorPid(ref);
    assert.deepEqual(
      leftOf(ref).filter((pid) => pid !== supervisor),
      [],
    );
  });

  it('takes with it what has dropped its environment and does not hear of the end', async () => {
    const stubborn = `env -i PATH="$PATH" bash -c "trap '' TERM; echo \\$\\$; while :; do sleep 600; done"`;
    const ref = await begin(`${stubborn} & wait`);
    const pid = Number(logOf(ref));
    await place.driver.stop(ref, { graceMs: 200 });
    assert.equal((await ended(place, ref)).how, 'stopped');
    assert.ok(!existsSync(`/proc/${pid}`) || startTicksOf(pid) === null, 'it still runs');
  });

  it('does not run when its setup fails, whose code is told', async () => {
    const ref = await begin('echo run', { setup: 'echo setup; exit 6' });
    const end = await ended(place, ref);
    assert.deepEqual([end.how, end.exitCode], ['exited', 6]);
    assert.equal(end.reason, 'setup failed with exit code 6');
    assert.equal(await outputOf(ref), 'setup\n');
  });

  it('names the command that does not exist', async () => {
    const ref = await begin('echo up; no-such-program --flag');
    const end = await ended(place, ref);
    assert.equal(end.exitCode, 127);
    assert.match(end.reason, /: no-such-program: command not found$/);
  });

  it('too long for the system to start says so', async () => {
    const spec = buildNodeSpec({ run: `: ${'x'.repeat(200_000)}` });
    await place.driver.create(spec);
    const end = await ended(place, spec.ref);
    assert.deepEqual([end.how, end.exitCode], ['exited', 126]);
    assert.match(end.reason, /E2BIG/);
  });

  it('of a gang meets the others at the address that it is given', async () => {
    const gang = buildGang(`node -e '${rendezvous}'`, 20_000 + (process.pid % 10_000));
    await Promise.all(gang.map((spec) => place.driver.create(spec)));
    for (const { ref } of gang) {
      assert.equal((await ended(place, ref)).exitCode, 0, logOf(ref));
      assert.equal(await outputOf(ref), '0,1,2\n');
    }
  });
});

describe('a pid that belongs to somebody else by now', () => {
  const forge = async (process: object): Promise<NodeRef> => {
    const ref = await begin('echo up; exit 0');
    await ended(place, ref);
    const { supervisorFile, exitFile } = place.node(ref);
    const record = JSON.parse(readFileSync(supervisorFile, 'utf8'));
    const forged = { ...record, process: { ...record.process, ...process } };
    writeFileSync(supervisorFile, JSON.stringify(forged));
    writeFileSync(exitFile, '');
    const { rmSync } = await import('node:fs');
    rmSync(exitFile);
    return ref;
  };

  it('is never signalled, and the node is lost', async () => {
    const bystander = spawn('sleep', ['600']);
    try {
      // It began long ago: in the test both may begin in the same hundredth of a second.
      const ref = await forge({ pid: bystander.pid, startTicks: 1 });
      await place.driver.stop(ref, { graceMs: 0 });
      const end = await ended(place, ref);
      assert.deepEqual([end.how, end.reason], ['stopped', 'the supervisor was killed']);
      assert.equal(bystander.signalCode, null);
      assert.ok(existsSync(`/proc/${bystander.pid}`));
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('after a reboot means that the reboot has ended the task', async () => {
    const ref = await forge({ bootId: 'another-boot' });
    const end = await ended(place, ref);
    assert.deepEqual([end.how, end.reason], ['lost', 'the machine was rebooted']);
  });
});

const ROOT = join(import.meta.dirname, '../..');

/** Creates the node, and is killed at once. */
const serverThatDies = `
  import { localDriver } from '${ROOT}/src/adapters/drivers/local/local-driver.ts';
  import { systemClock } from '${ROOT}/src/adapters/clock/system-clock.ts';
  const price = { usdPerHour: null, electricityUsdPerKwh: null };
  const options = { ...JSON.parse(process.env.OPTIONS), clock: systemClock(), ...price };
  await localDriver(options).create(JSON.parse(process.env.SPEC));
  process.kill(process.pid, 'SIGKILL');
`;

/** Rank 0 waits for the others, and tells all of them who has come. */
const rendezvous = `
  const net = require("node:net");
  const { KEDGE_NODE_RANK: rank, MASTER_ADDR: host, MASTER_PORT: port } = process.env;
  const met = ["0"], sockets = [];
  const join = () => {
    const socket = net.connect({ host, port }, () => socket.write(rank));
    socket.on("error", () => setTimeout(join, 20));
    socket.on("data", (all) => { console.log(String(all)); socket.end(); });
  };
  const server = net.createServer((socket) => socket.on("data", (other) => {
    met.push(String(other)); sockets.push(socket);
    if (met.length < 3) return;
    const all = met.toSorted().join(",");
    for (const one of sockets) one.end(all);
    console.log(all); server.close();
  }));
  if (rank === "0") server.listen(port, host); else join();
`;
