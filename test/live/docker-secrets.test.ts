import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { canariesBelow, canariesIn, canariesInArguments, plantCanaries } from '../io/canaries.ts';
import { KedgeHome } from '../io/kedge-home.ts';
import { Podman, TEST_IMAGE } from './podman.ts';

const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';

describe('secrets planted in containers (fault 34)', { skip }, () => {
  const canaries = plantCanaries(10);
  let podman: Podman;
  let home: KedgeHome;
  before(async () => {
    podman = await Podman.start();
    home = new KedgeHome();
  });
  after(async () => {
    home.close();
    await podman.close();
  });

  const kedge = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await home.run(args, { DOCKER_HOST: `unix://${podman.socket}` });
    assert.deepEqual(canariesIn(stdout + stderr, canaries), [], args[0]);
    return stdout;
  };

  it('are in no output, argument, configuration or file, and after its end nowhere', async () => {
    const dir = join(home.dir, 'home');
    const secrets = canaries.map(({ name, value }) => `  ${name}: ${JSON.stringify(value)}\n`);
    const prints = canaries.map(
      ({ name }) => `echo "$${name}"; printf %s "\${${name}:0:3}"; sleep 0.05
  echo "\${${name}:3}"`,
    );
    const text = `name: planted
workdir: .
resources: {image_id: docker:${TEST_IMAGE}}
secrets:
${secrets.join('')}run: |
  ${prints.join('\n  ')}
  echo all; sleep 600 & wait
`;
    await kedge('up', '-d', '--yes', home.file('planted.yaml', text));
    while (!(await kedge('logs', 'planted')).endsWith('all\n')) await delay(100);
    assert.deepEqual(canariesInArguments('', canaries), []);
    const [container] = await podman.docker.listContainers();
    const inspected = await podman.docker.getContainer(container!.Id).inspect();
    assert.deepEqual(canariesIn(JSON.stringify(inspected), canaries), []);
    // While it runs, its output lies in a private folder as it came, and its secrets in one file.
    const isOwn = (path: string): boolean => /\/(secrets|output[^/]*\.log)$/.test(path);
    assert.deepEqual(canariesBelow(join(dir, 'data'), { canaries, skip: isOwn }), []);
    assert.deepEqual(canariesBelow(join(dir, 'state'), { canaries }), []);
    assert.ok(canariesBelow(dir, { canaries }).length > 0, 'there they are');
    const shown = await kedge('logs', 'planted');
    await kedge('stop', 'planted');
    await kedge('logs', '-f', 'planted');
    assert.deepEqual(readdirSync(join(dir, 'data', 'secrets')), []);
    assert.deepEqual(canariesBelow(dir, { canaries }), []);
    assert.equal(await kedge('logs', 'planted'), shown, 'masked in the same way');
    await kedge('show', 'planted', '-o', 'json');
  });
});
