import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LogWriter } from '../../src/adapters/drivers/local/log-writer.ts';
import { buildNodeSpec, ended, readAll, text } from '../../src/ports/driver.conformance.ts';
import { LocalPlace } from './local-place.ts';

const FOREIGN = 'canary: command not found\n';

describe('a task that puts links and pipes where its records and its log lie (fault 28)', () => {
  let place: LocalPlace;
  let dir: string;
  let foreign: string;
  beforeEach(() => {
    place = new LocalPlace();
    dir = mkdtempSync(join(tmpdir(), 'kedge-foreign-'));
    foreign = join(dir, 'file');
    writeFileSync(foreign, FOREIGN);
  });
  afterEach(async () => {
    await place.cleanup();
    rmSync(dir, { recursive: true, force: true });
  });

  async function run(command: string) {
    const spec = buildNodeSpec({ run: command });
    await place.driver.create(spec);
    return { ref: spec.ref, end: await ended(place, spec.ref) };
  }

  for (const make of ['ln -s "$FOREIGN"', 'mkfifo', 'mkdir']) {
    it(`ends as others do, and is told nothing of another file: ${make}`, async () => {
      const link = `FOREIGN='${foreign}'; rm -f ../output.log; ${make} ../output.log; exit 127`;
      const { ref, end } = await run(link);
      assert.equal(end.exitCode, 127);
      assert.equal(end.reason, 'run failed with exit code 127: a command was not found');
      const slice = readAll(place.driver, ref, 1000).then(text, String);
      assert.ok(!(await slice).includes('canary'));
      assert.equal(readFileSync(foreign, 'utf8'), FOREIGN);
    });

    it(`has output dropped rather than written elsewhere: ${make}`, () => {
      const options = { cwd: dir, env: { ...process.env, FOREIGN: foreign } };
      assert.equal(spawnSync('bash', ['-c', `${make} output-10.log`], options).status, 0);
      const limits = { headBytes: 10, segmentBytes: 5, segments: 2 };
      const log = new LogWriter(join(dir, 'output.log'), { limits });
      log.write(Buffer.from('0123456789abcdef'));
      log.end();
      assert.equal(readFileSync(join(dir, 'output.log'), 'utf8'), '0123456789');
      assert.equal(readFileSync(foreign, 'utf8'), FOREIGN);
    });
  }
});
