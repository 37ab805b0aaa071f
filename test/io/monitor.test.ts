import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildNodeSpec, ended, text } from '../../src/ports/driver.conformance.ts';
import type { NodeRef } from '../../src/ports/driver.ts';
import type { Sample } from '../../src/spec/sample.ts';
import { KedgeHome } from './kedge-home.ts';
import { LocalPlace } from './local-place.ts';

const WAIT_MS_MAX = 60_000;
const MB = 1e6;
/** A process that nobody ends, for it hides, is gone after the longest wait of these tests. */
const LIVED_MS = 2 * WAIT_MS_MAX;
/** Which processes are whose is looked up once a second. */
const SCAN_MS = 1100;
/** Computes until it has used so much of a core, however busy the machine is, and says how much. */
const BURN = [
  'const until = (ms) => { while (process.cpuUsage().user < ms * 1000); };',
  'const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };',
].join(' ');

const node = (script: string): string => `node -e '${script}'`;

describe('the samples of a node of this machine', () => {
  let place: LocalPlace;
  beforeEach(() => {
    place = new LocalPlace();
  });
  afterEach(() => place.cleanup());

  const sample = async (ref: NodeRef, progressFile: string | null = null) =>
    (await place.driver.sample([{ ref, progressFile }]))[0] ?? null;

  /** The samples of a task until one is as wanted. */
  async function sampleUntil(
    ref: NodeRef,
    isWanted: (seen: Sample) => boolean,
    progressFile: string | null = null,
  ): Promise<Sample> {
    const until = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const seen = await sample(ref, progressFile);
      if (seen !== null && isWanted(seen)) return seen;
      if (Date.now() > until) assert.fail(`it shows ${JSON.stringify(seen)}`);
      await delay(50);
    }
  }

  /** Starts a task and waits until it has written a line. */
  async function begin(run: string): Promise<NodeRef> {
    const spec = buildNodeSpec({ run });
    await place.driver.create(spec);
    await sampleUntil(spec.ref, ({ logBytes }) => logBytes > 0);
    await delay(SCAN_MS);
    return spec.ref;
  }

  /** The numbers that a task has written, once there are so many. */
  async function linesOf(ref: NodeRef, count: number): Promise<readonly number[]> {
    const until = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const { bytes } = await place.driver.readLog(ref, { offset: 0, maxBytes: 65_536 });
      const lines = text(bytes).trim().split('\n');
      if (lines.length >= count) return lines.map(Number);
      if (Date.now() > until) assert.fail(`it has written ${lines.length} lines`);
      await delay(50);
    }
  }

  it('tell the time on its cores as the task itself counts it, and its memory', async () => {
    const script = `${BURN} globalThis.x = Buffer.alloc(200e6, 1); until(300);
      console.log(used()); setTimeout(() => {}, 1e9);`;
    const ref = await begin(node(script));
    const seen = (await sample(ref))!;
    const [used = 0] = await linesOf(ref, 1);
    // The shell that starts it, and what it does after it has looked.
    assert.ok(Math.abs(seen.cpuMs - used) < 150, `${seen.cpuMs} ms, and by its own count ${used}`);
    const { memoryBytes, memoryLimitBytes } = seen;
    assert.ok(memoryBytes > 200 * MB && memoryBytes < 320 * MB, `${memoryBytes / MB} MB`);
    assert.ok(memoryLimitBytes !== null && memoryLimitBytes > memoryBytes);
    assert.deepEqual([seen.netRxBytes, seen.cpuLimitCores, seen.progress], [null, null, null]);
  });

  it('count processes that have ended since, and those that hide from their shell', async () => {
    const short = node(`${BURN} until(150); console.log(used());`);
    const bin = process.execPath;
    const hidden = `env -i ${bin} -e '${BURN} until(150); console.log(used()); setTimeout(() => {}, ${LIVED_MS});'`;
    const ref = await begin(`${short}; ${short}; ${hidden} & wait`);
    const numbers = await linesOf(ref, 3);
    await delay(SCAN_MS);
    const used = numbers.reduce((sum, ms) => sum + ms, 0);
    const seen = (await sample(ref))!;
    assert.ok(Math.abs(seen.cpuMs - used) < 250, `${seen.cpuMs} ms, and by their count ${used}`);
  });

  it('are none before it starts and after it has ended', async () => {
    const { ref, ...spec } = buildNodeSpec({ run: 'echo done' });
    assert.equal(await sample(ref), null);
    await place.driver.create({ ref, ...spec });
    await ended(place, ref);
    assert.equal(await sample(ref), null);
  });

  it('tell the progress that the last line of its file says', async () => {
    const run = `echo begun; for i in 1 2 3; do echo "$i/4" >> p.txt; done; printf '0.' >> p.txt; sleep 600`;
    const ref = await begin(run);
    const seen = await sampleUntil(ref, ({ progress }) => progress !== null, 'p.txt');
    assert.equal(seen.progress, 0.75);
    assert.equal((await sample(ref, 'other.txt'))!.progress, null);
  });

  it('read nothing but a file of the workdir, whatever the task puts there (fault 28)', async () => {
    const ref = await begin('echo begun; sleep 600');
    const { workDir } = place.node(ref);
    const secret = join(place.dir, 'secret');
    writeFileSync(secret, '0.5\n');
    symlinkSync(secret, join(workDir, 'link'));
    symlinkSync(place.dir, join(workDir, 'folder'));
    mkdirSync(join(workDir, 'plain'));
    execFileSync('mkfifo', [join(workDir, 'pipe')]);
    for (const path of ['link', 'folder/secret', '../../../../../secret', 'plain', 'pipe']) {
      assert.equal((await sample(ref, path))!.progress, null, path);
    }
    writeFileSync(join(workDir, 'own'), '0.5\n');
    symlinkSync('own', join(workDir, 'alias'));
    assert.equal((await sample(ref, 'alias'))!.progress, 0.5);
  });
});

type Wire = Readonly<Record<string, unknown>>;

describe('a run that is watched', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
    const config = join(home.dir, 'home', 'config');
    mkdirSync(config, { recursive: true });
    // A dollar a second.
    writeFileSync(join(config, 'config.yaml'), 'local: {usd_per_hour: 3600}\n');
  });
  after(() => home.close());

  async function kedge(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await home.run(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function topOf(name: string, isWanted: (node: Wire) => boolean): Promise<Wire> {
    const until = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const { nodes } = JSON.parse(await kedge('top', name, '-o', 'json')) as { nodes: Wire[] };
      const found = nodes.find(isWanted);
      if (found !== undefined) return found;
      if (Date.now() > until) assert.fail(`kedge top shows ${JSON.stringify(nodes)}`);
      await delay(100);
    }
  }

  it('shows in `kedge top` and `show` what it uses, how far it is and what it costs', async () => {
    const work = `${BURN} let i = 0; setInterval(() => { until(50 * ++i); console.log("step " + i + "/1000"); }, 100);`;
    const task = `name: steps
progress: {regex: 'step (\\d+)/(\\d+)'}
run: |
  ${node(work)}
`;
    await kedge('up', '--yes', '-d', home.file('steps.yaml', task));
    const isTold = ({ progress }: Wire) =>
      ((progress as Wire | null)?.['ends_at'] ?? null) !== null;
    const seen = await topOf('steps', isTold);
    const { done, ends_at, low_at, high_at } = seen['progress'] as Record<string, string>;
    assert.ok(Number(done) > 0 && Number(done) < 0.5);
    assert.ok(low_at! <= ends_at! && ends_at! <= high_at!);
    assert.ok(Number(seen['memory_bytes']) > 10 * MB);
    assert.ok(Number(seen['cost_usd']) > 0);
    assert.match(await kedge('top', 'steps'), /^RUN .*CPU .*MEMORY .*DONE .*COST.*\n\S+ +steps /m);
    const shown = await kedge('show', 'steps');
    assert.match(shown, /^cpu +[▁▂▃▄▅▆▇█ ]+ +\d+\.\d cores/m);
    assert.match(shown, /^progress \d+(\.\d)?%, ends in /m);
    await kedge('stop', 'steps');
    await kedge('server', 'stop');
    // From the store, by another server.
    assert.match(await kedge('show', 'steps'), /^memory +[▁▂▃▄▅▆▇█ ]+ +at most \d/m);
  });

  it('is stopped before it passes its budget, and can write its checkpoint first', async () => {
    const task = `name: dear
goal: {budget: $17}
work: {hours: 5s}
checkpoint: {path: ckpt}
run: |
  trap 'sleep 0.5; echo 42 > "$KEDGE_CHECKPOINT_DIR/step"; exit 0' TERM
  echo begun
  while :; do sleep 0.1; done
`;
    const { code, stdout, stderr } = await home.run(['up', '--yes', home.file('dear.yaml', task)]);
    assert.deepEqual([code, stdout.split('\n')[0]], [1, 'begun'], stderr);
    assert.match(
      stderr,
      /dear cancelled: stopped before it passes its budget: \$\d+\.\d+ of \$17\.00 spent/,
    );
    const bill = JSON.parse(await kedge('cost', 'dear', '-o', 'json')) as { cost_usd: number };
    assert.ok(bill.cost_usd >= 1 && bill.cost_usd <= 17, `$${bill.cost_usd}`);
    assert.deepEqual(filesNamed(join(home.dir, 'home', 'data', 'checkpoints'), 'step'), ['42\n']);
    assert.match(await kedge('show', 'dear'), /^reason +stopped before it passes its budget/m);
  });

  it('that its budget cannot even begin is not started, and says why', async () => {
    const task = 'name: poor\ngoal: {budget: $12}\nwork: {hours: 5s}\nrun: echo begun\n';
    const { code, stdout, stderr } = await home.run(['up', '--yes', home.file('poor.yaml', task)]);
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, /its budget of \$12\.00 does not allow a start: 1 × local/);
  });
});

/** The contents of all files of a name below a folder. */
function filesNamed(folder: string, name: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === name)
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
