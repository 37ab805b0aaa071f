import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../../src/spec/run.ts';
import { KedgeHome } from '../io/kedge-home.ts';
import { Podman } from './podman.ts';

/**
 * `kedge move` between this machine and a container engine. Run by `npm run test:docker`; Podman
 * is installed where it is missing, and no registry is needed.
 */
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' && 'KEDGE_SKIP_LIVE=1: no engine is started';
const TASK = join(import.meta.dirname, '..', '..', 'examples', 'digits', 'container.yaml');
const WAIT_MS_MAX = 60_000;

describe('a run that is moved between a container and this machine', { skip }, () => {
  const home = new KedgeHome();
  let podman: Podman;
  let env: Record<string, string>;

  before(async () => {
    podman = await Podman.start();
    const image = podman.docker.getImage('localhost/kedge-test:latest');
    await image.tag({ repo: 'docker.io/library/node', tag: '24-slim' });
    env = { DOCKER_HOST: `unix://${podman.socket}` };
  });
  after(async () => {
    home.close();
    await podman.close();
  });

  async function kedge(...args: readonly string[]) {
    const done = await home.run(args, env);
    assert.equal(done.code, 0, `kedge ${args.join(' ')}: ${done.stderr}`);
    return done;
  }

  async function untilLog(runId: string, line: RegExp): Promise<string> {
    const until = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const { stdout } = await kedge('logs', runId);
      if (line.test(stdout)) return stdout;
      if (Date.now() > until) assert.fail(`no ${line} in:\n${stdout}`);
      await delay(200);
    }
  }

  it('goes on from its checkpoint at each place, and ends with the same weights', async () => {
    const { stdout } = await kedge('up', '-d', '-y', '--env', 'EPOCHS=60', TASK);
    const runId = stdout.trim();
    await untilLog(runId, /epoch 2 of 60/);
    const there = await kedge('move', runId, '--to', 'local');
    assert.match(there.stdout, /^docker\/\d+-vcpu → local$/m);
    assert.match(there.stdout, /carried {2}\d.* of checkpoint, compared byte by byte/);
    const seen = await untilLog(runId, /resumed from epoch (\d+)/);
    await untilLog(runId, /resumed from epoch \d+\nepoch \d+ of 60/);
    await kedge('move', runId, '--to', 'docker');
    assert.deepEqual(
      await podman.docker.listContainers({ all: true }).then((all) => all.length),
      1,
    );
    await kedge('logs', '-f', runId);
    const whole = await untilLog(runId, /^accuracy 0\.9\d+$/m);
    const epochs = [...whole.matchAll(/^epoch (\d+) of 60/gm)].map(([, epoch]) => Number(epoch));
    // Each epoch once, in order: nothing was lost, and nothing was done again.
    assert.deepEqual(
      epochs,
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    assert.equal([...whole.matchAll(/resumed from epoch/g)].length, 2, seen);
    const shown = JSON.parse((await kedge('show', runId, '-o', 'json')).stdout) as { run: Run };
    assert.equal(shown.run.outcome, 'succeeded');
    assert.deepEqual(
      shown.run.moves.map(({ state }) => state),
      ['moved', 'moved'],
    );
    assert.deepEqual(await podman.docker.listContainers({ all: true }), []);
  });

  it('stays where it is when the place cannot carry it, and says why', async () => {
    const { stdout } = await kedge('up', '-d', '-y', '--env', 'EPOCHS=200', TASK);
    const runId = stdout.trim();
    const refused = await home.run(['move', runId, '--to', 'mars'], env);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /nothing can be launched at mars/);
    const same = await home.run(['move', runId, '--to', 'docker'], env);
    assert.match(same.stderr, /it is at docker\/\d+-vcpu already/);
    await kedge('stop', runId);
    await home.run(['logs', '-f', runId], env);
  });
});
