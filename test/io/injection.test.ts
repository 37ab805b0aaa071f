import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { exportLines } from '../../src/adapters/drivers/docker/start-script.ts';
import { encodedPaths, hostileNames } from './hostile-names.ts';
import { KedgeHome } from './kedge-home.ts';

/** 10,000 and 5,000 in the full test. */
const NAMES = Number(process.env['KEDGE_HOSTILE_NAMES'] ?? 400);
const PATHS = Number(process.env['KEDGE_HOSTILE_PATHS'] ?? 400);
/** Of one run. */
const IN_A_RUN = 100;
const CANARY = 'canary-of-injection';

describe('names from outside', () => {
  let home: KedgeHome;
  let runId: string;
  before(async () => {
    home = new KedgeHome();
    const { code, stderr } = await home.run(['up', home.file('first.yaml', 'run: echo output\n')]);
    assert.equal(code, 0, stderr);
    runId = (await home.run(['runs', '-o', 'name'])).stdout.trim();
  });
  after(() => home.close());

  /** Wherever a command may have run: the folders of the tasks, of the server, of this test. */
  function canaries(): readonly string[] {
    const below = readdirSync(home.dir, { recursive: true, encoding: 'utf8' });
    const found = below.filter((name) => name.split('/').at(-1) === CANARY);
    return [...found, ...(existsSync(CANARY) ? [CANARY] : [])];
  }

  /** As it is written: no client of ours, and no URL parser, has tidied it up. */
  async function ask(method: string, path: string, body?: string) {
    const { url } = JSON.parse(readFileSync(join(home.dir, 'home/state/server.json'), 'utf8'));
    const token = readFileSync(join(home.dir, 'home/state/token'), 'utf8').trim();
    const { hostname, port } = new URL(url);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request({ hostname, port, method, path, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode!, text }));
      });
      call.on('error', reject).end(body);
    });
  }

  it(`of files, mounts and variables are names and nothing else, ${IN_A_RUN} of each (fault 31)`, async () => {
    const names = hostileNames(IN_A_RUN, `touch ${CANARY}`);
    const folder = join(home.dir, '-rf project');
    mkdirSync(folder);
    const inFolder = names.map((name) => name.replaceAll('/', '_'));
    for (const name of inFolder) writeFileSync(join(folder, name), name);
    const envs = Object.fromEntries(names.map((name, at) => [`NAME_${at}`, name]));
    const mounts = inFolder.map((name) => [`mounts/${name}`, `-rf project/${name}`]);
    const print = `const { readdirSync, readFileSync } = require("node:fs");
      const files = readdirSync(".").filter((name) => !["mounts", "print.cjs"].includes(name));
      const texts = readdirSync("mounts").map((name) => readFileSync("mounts/" + name, "utf8"));
      const values = Object.keys(process.env).filter((key) => key.startsWith("NAME_"));
      console.log(JSON.stringify({ files, texts, values: values.map((key) => process.env[key]) }));`;
    writeFileSync(join(folder, 'print.cjs'), print);
    const task = {
      name: '$(touch x)',
      workdir: '-rf project',
      file_mounts: Object.fromEntries(mounts),
      envs,
      run: 'node print.cjs',
    };
    const { code, stdout, stderr } = await home.run([
      'up',
      home.file('-names.yaml', stringify(task)),
    ]);
    assert.equal(code, 0, stderr);
    const seen = JSON.parse(stdout) as Record<string, string[]>;
    assert.deepEqual(seen['files']!.toSorted(), inFolder.toSorted());
    assert.deepEqual(seen['texts']!.toSorted(), inFolder.toSorted());
    assert.deepEqual(seen['values']!.toSorted(), names.toSorted());
    assert.deepEqual(canaries(), []);
  });

  it(`of runs and tenants lead to no file and no command, ${NAMES} of them (fault 31)`, async () => {
    const nodes = join(home.dir, 'home/data/nodes');
    const count = (): number => readdirSync(nodes, { recursive: true }).length;
    const known = count();
    const body = JSON.stringify({ name: 'x' });
    for (const [index, name] of hostileNames(NAMES, `touch ${CANARY}`).entries()) {
      const word = encodeURIComponent(name);
      const [method, path] = [
        ['GET', `/v1/tenants/default/runs/${word}`],
        ['PUT', `/v1/tenants/default/runs/${word}`],
        ['GET', `/v1/tenants/${word}/runs`],
        ['POST', `/v1/tenants/default/runs/${word}/stop`],
        ['PUT', `/v1/tenants/default/bundles/${word}`],
        ['PUT', `/v1/tenants/default/bundles/blobs/${word}`],
      ][index % 6] as [string, string];
      const { status, text } = await ask(method, path, method === 'PUT' ? body : undefined);
      assert.ok(status >= 400 && status < 500, `${status} for ${method} ${path}: ${text}`);
    }
    assert.deepEqual(canaries(), []);
    assert.equal(count(), known);
  });

  it(`of variables and runs that could forge something are refused, ${NAMES} of them (fault 31)`, async () => {
    const { text } = await ask('GET', `/v1/tenants/default/runs/${runId}`);
    const { plan } = JSON.parse(text);
    const wanted = { name: 'x', task_text: 'run: x', base_dir: '/', envs: {}, secrets: {}, plan };
    const launch = async (over: object) =>
      ask('PUT', '/v1/tenants/default/runs/run_x', JSON.stringify({ ...wanted, ...over }));
    for (const [index, name] of hostileNames(NAMES, `touch ${CANARY}`).entries()) {
      const overs = [
        { envs: { [name]: 'x' } },
        { secrets: { [name]: 'x' } },
        { name: `a\u001b]0;${name}\u0007` },
        { envs: { A: `${name}\0` } },
      ];
      const refused = await launch(overs[index % overs.length]!);
      assert.equal(refused.status, 400, name);
      assert.match(refused.text, /"detail":"(?:envs|secrets|name)[.:]/);
    }
    const known = await ask('GET', '/v1/tenants/default/runs/run_x');
    assert.equal(known.status, 404);
  });

  it(`of values reach a container's shell as they are, ${NAMES} of them (fault 31)`, () => {
    const names = hostileNames(NAMES, `touch ${CANARY}`);
    for (let at = 0; at < names.length; at += IN_A_RUN) {
      const envs = Object.fromEntries(
        names.slice(at, at + IN_A_RUN).map((name, index) => [`NAME_${index}`, name]),
      );
      // As the first process of a container reads them.
      const script = `envs=$(cat); eval "$envs"; exec env -0`;
      const options = {
        input: exportLines(envs),
        cwd: home.dir,
        env: { PATH: process.env['PATH'] },
      };
      const { stdout } = spawnSync('sh', ['-c', script], { ...options, encoding: 'utf8' });
      const seen = stdout.split('\0').filter((line) => line.startsWith('NAME_'));
      const wanted = Object.entries(envs).map(([key, value]) => `${key}=${value}`);
      assert.deepEqual(seen.toSorted(), wanted.toSorted());
    }
    assert.deepEqual(canaries(), []);
  });

  it(`of logs give no byte of another file, ${PATHS} ways to write one (fault 30)`, async () => {
    const foreign = join(home.dir, 'home/data/foreign');
    writeFileSync(foreign, CANARY);
    const logs = `/v1/tenants/default/runs/${runId}/logs`;
    assert.equal((await ask('GET', logs)).text, 'output\n');
    for (const [index, path] of encodedPaths(PATHS, 'foreign').entries()) {
      const target = [
        `/v1/tenants/default/runs/${path}/logs`,
        `/v1/tenants/default/runs/${runId}/logs/${path}`,
        `/v1/tenants/${path}/runs/${runId}/logs`,
        `${logs}?attempt=${path}`,
        `${logs}?allocation=${path}&rank=0`,
        `${logs}?offset=${path}`,
      ][index % 6]!;
      const { status, text } = await ask('GET', target.replace(/[^!-~]/g, encodeURIComponent));
      assert.ok(!text.includes(CANARY), target);
      assert.ok(status >= 400 && status < 500, `${status} for ${target}: ${text}`);
    }
    rmSync(foreign);
  });
});
