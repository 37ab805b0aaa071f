import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../src/base/rng.ts';
import { finished, KedgeHome, kill } from './kedge-home.ts';

/** Fault 1 in miniature; the full count runs in CI. */
const KILLS = Number(process.env['KEDGE_KILLS'] ?? 4);
const SEED = Number(process.env['KEDGE_SEED'] ?? 1);
/** An `up` of this task takes about so long; kills fall anywhere in it. */
const UP_MS = 1500;

describe(`a server killed ${KILLS} times during \`up\` (fault 1, seed ${SEED})`, () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('every run ends as it should, and none is started twice', async () => {
    const random = seededRandom(SEED);
    let landed = 0;
    for (let round = 0; round < KILLS; round++) {
      const code = round % 3 === 0 ? 7 : 0;
      const marks = join(home.dir, `marks-${round}`);
      const run = `echo begun >> ${marks}; sleep 0.4; cat word; exit ${code}`;
      // Its workdir is on its way to the server when some of the kills fall.
      mkdirSync(join(home.dir, `project-${round}`));
      home.file(`project-${round}/word`, `done-${round}\n`);
      const text = `name: kill-${round}\nworkdir: project-${round}\nrun: ${run}\n`;
      const task = home.file(`task-${round}.yaml`, text);
      const up = home.start(['up', task]);
      const end = finished(up);
      await delay(random() * UP_MS);
      const victims = home.serverPids();
      victims.forEach(kill);
      if (victims.length > 0) landed++;
      const { code: exit, stdout, stderr } = await end;
      assert.equal(exit, code, `round ${round}: ${stderr}`);
      assert.equal(stdout, `done-${round}\n`, `round ${round}: the whole output, once`);
      assert.equal(readFileSync(marks, 'utf8'), 'begun\n', `round ${round}: started once`);
    }
    assert.ok(landed >= KILLS / 3, `only ${landed} of ${KILLS} kills met a server`);
    const { stdout } = await home.run(['runs', '--limit', '1000', '-o', 'json']);
    const runs = JSON.parse(stdout) as { state: string; attempts: unknown[] }[];
    assert.equal(runs.length, KILLS, 'no run was launched twice');
    for (const run of runs) assert.deepEqual([run.state, run.attempts.length], ['ended', 1]);
  });
});
