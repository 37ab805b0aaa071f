import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Canary,
  canariesBelow,
  canariesIn,
  canariesInArguments,
  canariesInEnvironments,
  plantCanaries,
} from './canaries.ts';
import { finished, KedgeHome, kill } from './kedge-home.ts';

const COUNT = 100;
const TENTH = COUNT / 10;

/** What tasks do with their secrets, and how they end; `$0` stands for one, `$@` for all. */
const DEEDS: readonly {
  readonly name: string;
  readonly run: (names: readonly string[]) => string;
}[] = [
  { name: 'prints', run: (names) => each(names, (name) => `echo "$${name}"; echo "$${name}" >&2`) },
  {
    name: 'prints-in-parts',
    run: (names) =>
      each(names, (name) => `printf %s "\${${name}:0:3}"; sleep 0.03; echo "\${${name}:3}" >&2`),
  },
  { name: 'has-a-child-print', run: () => 'env; bash -c env >&2; (export -p)' },
  {
    name: 'calls-it-a-command',
    run: (names) => `${each(names, (name) => `"$${name}"`)}; exit 127`,
  },
  { name: 'traces', run: (names) => `set -x; ${each(names, (name) => `: "$${name}"`)}; exit 3` },
  {
    name: 'encodes',
    run: (names) => each(names, (name) => `printf %s "$${name}" | base64 -w0; echo`),
  },
  {
    name: 'floods',
    run: (names) => `for i in $(seq 300); do ${each(names, (name) => `echo "x$${name}y"`)}; done`,
  },
  {
    name: 'moves-it-on',
    run: (names) => `cat <<< "$${names[0]}" | tee /dev/stderr; env | sort -r`,
  },
  { name: 'is-tried-again', run: () => 'env; exit 1' },
  { name: 'stays', run: () => 'env; sleep 600 & wait' },
];

function each(names: readonly string[], part: (name: string) => string): string {
  return names.map(part).join('; ');
}

describe(`${COUNT} planted secrets (fault 34)`, () => {
  const canaries = plantCanaries(COUNT);
  const told: string[] = [];
  let home: KedgeHome;
  let dir: string;
  before(() => {
    home = new KedgeHome();
    dir = join(home.dir, 'home');
  });
  after(() => home.close());

  /** Half of them in the file, half in the environment, as people do. */
  function taskOf(deed: (typeof DEEDS)[number], own: readonly Canary[]): string {
    const values = own.map(({ name, value }, at) =>
      at % 2 === 0 ? `  ${name}: ${JSON.stringify(value)}` : `  ${name}: null`,
    );
    const names = own.map(({ name }) => name);
    const folder = join(home.dir, deed.name);
    mkdirSync(folder);
    const run = deed.run(names).replace(/^/gm, '  ');
    const setup = deed.name === 'calls-it-a-command' ? `setup: echo "$${names[0]}"\n` : '';
    const retries = deed.name === 'is-tried-again' ? 'retries: 1\n' : '';
    // The task file lies in the folder that goes along.
    const text = `workdir: .\nsecrets:\n${values.join('\n')}\n${setup}${retries}run: |\n${run}\n`;
    return home.file(join(deed.name, 'task.yaml'), text);
  }

  async function kedge(
    args: readonly string[],
    own: readonly Canary[] = [],
  ): Promise<number | null> {
    const env = Object.fromEntries(own.map(({ name, value }) => [name, value]));
    const { code, stdout, stderr } = await home.run(args, env);
    told.push(stdout, stderr);
    return code;
  }

  /** Looks at command lines and environments of this installation until told to end. */
  async function watchProcesses(over: AbortSignal): Promise<string[]> {
    const found = new Set<string>();
    while (!over.aborted) {
      const whose = `KEDGE_HOME=${dir}\0`;
      for (const one of canariesInArguments(whose, canaries)) found.add(one);
      for (const one of canariesInEnvironments(whose, canaries)) found.add(one);
      await delay(50);
    }
    return [...found];
  }

  it('are in no argument, output, answer or file while tasks print them and fail by them', async () => {
    const over = new AbortController();
    const watching = watchProcesses(over.signal);
    try {
      await runAll();
    } finally {
      over.abort();
    }
    assert.deepEqual(await watching, []);
  });

  async function runAll(): Promise<void> {
    const launches = DEEDS.map((deed, index) => async () => {
      const own = canaries.slice(index * TENTH, (index + 1) * TENTH);
      const args = ['up', '-d', '--name', deed.name, taskOf(deed, own)];
      assert.equal(await kedge(args, own), 0, told.at(-1));
    });
    // The first one starts the server.
    await launches[0]!();
    await Promise.all(launches.slice(1).map((launch) => launch()));
    const follow = async (name: string) => kedge(['logs', '-f', name]);
    const ending = DEEDS.map(({ name }) => name).filter((name) => name !== 'stays');
    await Promise.all(ending.map(follow));
    const isOwn = (path: string): boolean => /\/(secrets|spec\.json)$/.test(path);
    assert.deepEqual(canariesBelow(dir, { canaries, skip: isOwn }), [], 'while one of them runs');
    assert.ok(canariesBelow(dir, { canaries }).length > 0, 'and it does run');
    await kedge(['stop', 'stays']);
    await follow('stays');
  }

  it('are in no file at all when the runs have ended', () => {
    assert.deepEqual(readdirSync(join(dir, 'data', 'secrets')), []);
    assert.deepEqual(canariesBelow(dir, { canaries }), []);
  });

  it('were masked where they stood, and nothing else was', async () => {
    const { stdout } = await home.run(['logs', 'prints']);
    told.push(stdout);
    const lines = stdout.split('\n');
    assert.ok(lines.includes('*'.repeat('hf_'.length + 12)), stdout);
    assert.ok(lines.includes('****'), 'of four characters');
    assert.match((await home.run(['logs', 'traces'])).stdout, /^\+ : /m);
  });

  it('are in no answer of the API', async () => {
    const { url } = JSON.parse(readFileSync(join(dir, 'state', 'server.json'), 'utf8'));
    const token = readFileSync(join(dir, 'state', 'token'), 'utf8').trim();
    const runs = `${url}/v1/tenants/default/runs`;
    const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await (await fetch(path, { ...init, headers })).text();
      told.push(answer);
      return answer;
    };
    const { runs: all } = JSON.parse(await ask(runs)) as {
      runs: { run_id: string; name: string }[];
    };
    assert.equal(all.length, DEEDS.length);
    for (const { run_id: id } of all) {
      for (const what of ['', '/events', '/bill', '/logs', '/logs?attempt=2', '/logs?rank=7']) {
        await ask(`${runs}/${id}${what}`);
      }
    }
    await ask(`${url}/v1/health`);
    const plan = JSON.parse(await ask(`${runs}/${all[0]!.run_id}`)).plan;
    // A client that leaves them in the text, and requests that are wrong around them.
    const [one, two] = canaries as [Canary, Canary];
    const text = `secrets: {ONE: ${JSON.stringify(one.value)}}\nrun: echo "$ONE"; exit 4\n`;
    const body = { name: 'raw', task_text: text, base_dir: '/', envs: {}, secrets: {}, plan };
    const launch = (over: object): Promise<string> => {
      const id = `run_${'0'.repeat(28)}${1000 + told.length}`;
      return ask(`${runs}/${id}`, { method: 'PUT', body: JSON.stringify({ ...body, ...over }) });
    };
    const { run_id: raw } = JSON.parse(await launch({}));
    for (const over of [
      { secrets: { 'NO NAME': two.value } },
      { secrets: { TWO: `${two.value}\0` } },
      { secrets: { TWO: [two.value] } },
      { secrets: { TWO: two.value }, plan: null },
      { task_text: `secrets: {ONE: [${JSON.stringify(two.value)}]}\nrun: x\n` },
      { bundle_id: '0'.repeat(64), secrets: { TWO: two.value } },
    ]) {
      assert.match(await launch(over), /urn:kedge:error/, JSON.stringify(over));
    }
    await kedge(['logs', '-f', raw]);
    assert.match(told.at(-2)!, /^\*+\n$/, 'it has run, with its secret');
    assert.deepEqual(canariesBelow(dir, { canaries }), []);
  });

  it('are in nothing that the commands print, errors too', async () => {
    for (const words of [['runs'], ['show', 'calls-it-a-command'], ['cost', 'traces']]) {
      for (const format of ['wide', 'json']) await kedge([...words, '-o', format]);
    }
    const [one] = canaries as [Canary];
    const value = JSON.stringify(one.value);
    const wrong = [
      `secrets: {ONE: [${value}]}\nrun: x\n`,
      `workdir: a/$ONE\nsecrets: {ONE: ${value}}\nrun: x\n`,
      `envs: {TWO: &a ${value}}\nsecrets: {ONE: *a}\nrun: x\n`,
      `secrets: {ONE: ${value}}\nrum: x\n`,
      `secrets: {ONE: ${value.slice(0, -1)}\\0"}\nrun: x\n`,
    ];
    for (const [index, text] of wrong.entries()) {
      const code = await kedge(['up', home.file(`wrong-${index}.yaml`, text)]);
      assert.notEqual(code, 0, text);
    }
    assert.deepEqual(canariesIn(told.join('\n'), canaries), []);
  });
});

describe('a server that is killed (fault 34)', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  for (const alsoTask of [false, true]) {
    const what = alsoTask ? 'together with all that it has started' : 'while a task runs';
    it(`${what} leaves no secret behind when the run has ended`, async () => {
      const canaries = plantCanaries(3);
      const dir = join(home.dir, 'home');
      const name = `killed-${alsoTask}`;
      const secrets = canaries.map((one) => `${one.name}: ${JSON.stringify(one.value)}`).join(', ');
      const text = `name: ${name}\nsecrets: {${secrets}}\nrun: echo begun; env; sleep 0.5; env\n`;
      const up = home.start(['up', home.file(`${name}.yaml`, text)]);
      up.stdout!.once('data', () => {
        home.serverPids().forEach(kill);
        if (alsoTask) for (const pid of supervisors(dir)) kill(pid);
      });
      const { stdout, stderr } = await finished(up);
      assert.match(stdout, /^begun\n/);
      assert.deepEqual(canariesIn(stdout + stderr, canaries), []);
      assert.deepEqual(readdirSync(join(dir, 'data', 'secrets')), []);
      assert.deepEqual(canariesBelow(dir, { canaries }), []);
    });
  }

  it('between the end of a run and the removal of its secrets has them removed by the next', async () => {
    const dir = join(home.dir, 'home');
    const [canary] = plantCanaries(1);
    assert.equal((await home.run(['up', '-d', home.file('short.yaml', 'run: true\n')])).code, 0);
    const id = (await home.run(['runs', '-o', 'name', '--limit', '1'])).stdout.trim();
    await home.run(['logs', '-f', id]);
    home.serverPids().forEach(kill);
    const file = join(dir, 'data', 'secrets', `default.${id}.json`);
    mkdirSync(join(dir, 'data', 'secrets'), { recursive: true });
    home.file(
      join('home', 'data', 'secrets', `default.${id}.json`),
      JSON.stringify({ A: canary!.value }),
    );
    rmSync(join(dir, 'state', 'server.json'), { force: true });
    await home.run(['up', home.file('next.yaml', 'run: true\n')]);
    await until(() => canariesBelow(dir, { canaries: [canary!] }).length === 0, file);
  });
});

/** Pids of the supervisors below a data folder. */
function supervisors(dir: string): readonly number[] {
  const nodes = join(dir, 'data', 'nodes');
  const files = readdirSync(nodes, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('supervisor.json'))
    .map((name) => JSON.parse(readFileSync(join(nodes, name), 'utf8')).process.pid as number);
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo(); await delay(20)) {
    if (Date.now() > end) assert.fail(`${what} is still there`);
  }
}
