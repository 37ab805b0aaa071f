import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { checkpointPlace } from '../../src/adapters/drivers/local/node-directory.ts';
import { processesOf } from '../../src/adapters/drivers/local/process-table.ts';
import { CHECKPOINT_PROGRAM } from '../../src/adapters/drivers/shared/checkpoint-program.ts';
import { settleSteps } from '../../src/adapters/drivers/shared/settle-steps.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { buildNodeSpec, ended, readAll, text } from '../../src/ports/driver.conformance.ts';
import type { NodeSpec } from '../../src/ports/driver.ts';
import { COMPLETE_PATH, stepFolder, stepOf } from '../../src/spec/checkpoint.ts';
import { kill } from './kedge-home.ts';
import { LocalPlace } from './local-place.ts';

const KILLS = Number(process.env['KEDGE_PREEMPTIONS'] ?? 10);
/** A few saves of the task below. */
const RUN_MS_MAX = 300;

/** Checks what it resumes from to the last byte, then saves step after step. */
const TRAINING = `
step=\${KEDGE_CHECKPOINT_STEP:-0}
bytes_of() { yes "step $1" | head -c 100000; }
if [ "$step" -gt 0 ]; then
  bytes_of "$step" | cmp - "$KEDGE_CHECKPOINT/model" || exit 9
  bytes_of "$step" | cmp - "$KEDGE_CHECKPOINT/parts/optimizer" || exit 9
  [ "$(kedge-checkpoint latest)" = "$KEDGE_CHECKPOINT" ] || exit 9
fi
echo "resumed from $step"
mkdir parts
while :; do
  step=$((step + 1))
  bytes_of "$step" >model
  cp model parts/optimizer
  kedge-checkpoint save "$step" model parts || exit 8
  echo "saved $step"
done`;

describe('a task that is preempted while it saves a checkpoint (fault 9)', () => {
  let place: LocalPlace;
  beforeEach(() => {
    place = new LocalPlace();
  });
  afterEach(() => place.cleanup());

  it(`resumes from the last complete one, ${KILLS} kills in a row`, async (test) => {
    const random = seededRandom(9);
    let onDisk = 0;
    for (let attempt = 1; attempt <= KILLS; attempt++) {
      const spec = buildNodeSpec({ run: TRAINING, attempt, checkpoint: { path: null } });
      await place.driver.create(spec);
      // Every other one gets something done, however slow the machine is.
      const words = attempt % 2 === 0 ? 'resumed' : 'saved';
      await place.waitFor(spec.ref, () => wordsOf(spec).includes(words));
      await delay(random() * RUN_MS_MAX);
      preempt(spec, random() < 0.5);
      const end = await ended(place, spec.ref);
      assert.equal(end.how, 'lost', end.reason);
      const output = text(await readAll(place.driver, spec.ref, 65_536));
      const resumed = Number(/resumed from (\d+)/.exec(output)?.[1]);
      assert.equal(resumed, onDisk, 'the newest that is complete on the disk, and no other');
      // A word may be lost with a supervisor whose pipe it was in; what was said was done.
      const said = [...output.matchAll(/saved (\d+)/g)].map(([, step]) => Number(step));
      onDisk = newestOnDisk(spec);
      assert.ok(onDisk >= Math.max(resumed, ...said), `${onDisk} is there, ${said} were saved`);
    }
    test.diagnostic(`${onDisk} steps in ${KILLS} attempts`);
    assert.ok(onDisk >= KILLS / 2);
  });

  /** By its marker, which is written last; 0 for none. */
  const newestOnDisk = ({ ref }: NodeSpec): number => {
    const { folder } = checkpointPlace(place.dataDir, ref);
    const steps = readdirSync(folder).flatMap((name) => stepOf(name) ?? []);
    return Math.max(
      0,
      ...steps.filter((step) => isMarked(join(folder, stepFolder(step), COMPLETE_PATH))),
    );
  };

  /** A shell creates a file before it writes to it. */
  const isMarked = (file: string): boolean => existsSync(file) && statSync(file).size > 0;

  /** The whole node at once, or its supervisor, which the next look ends the task for. */
  const preempt = (spec: NodeSpec, isWhole: boolean): void => {
    if (!isWhole) return kill(place.supervisorPid(spec.ref));
    const { dir } = place.node(spec.ref);
    for (let left = processesOf(dir); left.length > 0; left = processesOf(dir)) {
      for (const pid of left) kill(pid);
    }
  };

  const wordsOf = ({ ref }: NodeSpec): string => {
    const { logFile } = place.node(ref);
    return existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  };

  it('finds its checkpoints at the path of the task file, where it may save its own way', async () => {
    const checkpoint = { path: 'out/ckpt' };
    const first = buildNodeSpec({ run: 'echo mine >out/ckpt/loose', checkpoint });
    await place.driver.create(first);
    await ended(place, first.ref);
    const run = 'cat out/ckpt/loose "$KEDGE_CHECKPOINT_DIR/loose"; ls "$KEDGE_CHECKPOINT_DIR"';
    const second = buildNodeSpec({ run, attempt: 2, checkpoint });
    await place.driver.create(second);
    await ended(place, second.ref);
    assert.equal(text(await readAll(place.driver, second.ref, 1000)), 'mine\nmine\nloose\n');
    assert.ok(lstatSync(join(place.node(second.ref).workDir, 'out/ckpt')).isSymbolicLink());
  });

  it('begins with the checkpoints that its working directory brings', async () => {
    const workdir = join(place.dir, 'project');
    mkdirSync(join(workdir, 'ckpt'), { recursive: true });
    writeFileSync(join(workdir, 'ckpt', 'pretrained'), 'weights\n');
    const run = 'cat ckpt/pretrained; echo tuned >ckpt/pretrained';
    for (const [attempt, words] of [[1, 'weights\n'] as const, [2, 'tuned\n'] as const]) {
      const spec = buildNodeSpec({ run, attempt, workdir, checkpoint: { path: 'ckpt' } });
      await place.driver.create(spec);
      await ended(place, spec.ref);
      assert.equal(text(await readAll(place.driver, spec.ref, 1000)), words);
    }
    assert.equal(readFileSync(join(workdir, 'ckpt', 'pretrained'), 'utf8'), 'weights\n');
    const { folder } = checkpointPlace(place.dataDir, buildNodeSpec({ run }).ref);
    assert.deepEqual(readdirSync(folder), ['pretrained']);
  });
});

describe('kedge-checkpoint', () => {
  let dir: string;
  let folder: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-checkpoint-'));
    folder = join(dir, 'ckpt');
    writeFileSync(join(dir, 'kedge-checkpoint'), CHECKPOINT_PROGRAM, { mode: 0o700 });
    writeFileSync(join(dir, 'model'), 'weights');
    mkdirSync(join(dir, 'a "folder"'));
    writeFileSync(join(dir, 'a "folder"', 'é 漢'), 'more');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const call = (...args: readonly string[]): string =>
    execFileSync(join(dir, 'kedge-checkpoint'), args, {
      cwd: dir,
      env: { ...process.env, KEDGE_CHECKPOINT_DIR: folder },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const steps = (): readonly string[] => readdirSync(folder).toSorted();

  it('saves what the driver finds complete, whatever the names, and keeps the newest two', async () => {
    for (const step of [8, 9, 10]) call('save', String(step), 'model', 'a "folder"');
    assert.deepEqual(steps(), ['step-10', 'step-9']);
    assert.equal(call('latest'), `${folder}/step-10\n`);
    assert.equal(await settleSteps(folder), 10);
    assert.equal(readFileSync(join(folder, 'step-10', 'a "folder"', 'é 漢'), 'utf8'), 'more');
  });

  it('puts another in the place of the same step', async () => {
    call('save', '3', 'model');
    writeFileSync(join(dir, 'model'), 'better');
    call('save', '3', 'model');
    assert.equal(await settleSteps(folder), 3);
    assert.equal(readFileSync(join(folder, 'step-3', 'model'), 'utf8'), 'better');
  });

  const damages: readonly (readonly [string, (step: string) => void])[] = [
    ['without its marker', (step) => rmSync(join(step, '.kedge/complete'))],
    ['with a marker that was cut', (step) => writeFileSync(join(step, '.kedge/complete'), '')],
    ['without its manifest', (step) => rmSync(join(step, '.kedge/manifest.json'))],
    ['with another manifest', (step) => appendFileSync(join(step, '.kedge/manifest.json'), ' ')],
    ['with a byte that has flipped', (step) => writeFileSync(join(step, 'model'), 'weighty')],
    ['with a file that is too long', (step) => appendFileSync(join(step, 'model'), '!')],
    ['without one of its files', (step) => rmSync(join(step, 'model'))],
  ];
  for (const [what, damage] of damages) {
    it(`a step ${what} is put aside, and the one before is the newest`, async () => {
      for (const step of ['1', '2']) call('save', step, 'model');
      damage(join(folder, 'step-2'));
      assert.equal(await settleSteps(folder), 1);
      assert.deepEqual(steps(), ['.incomplete-step-2', 'step-1']);
      assert.equal(await settleSteps(folder), 1, 'and so it stays');
    });
  }

  it('of all that was put aside only the newest is kept; what others have made is left alone', async () => {
    for (const step of ['1', '2', '3']) call('save', step, 'model');
    for (const step of ['step-2', 'step-3']) rmSync(join(folder, step, '.kedge/complete'));
    mkdirSync(join(folder, '.incomplete-step-0'));
    mkdirSync(join(folder, '.saving-4-77'));
    mkdirSync(join(folder, 'step-100'));
    writeFileSync(join(folder, 'model.bin'), 'mine');
    assert.equal(await settleSteps(folder), null);
    assert.deepEqual(steps(), ['.incomplete-step-3', 'model.bin', 'step-100']);
  });

  it('refuses what it cannot save, and leaves nothing of it', () => {
    const refused: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['save', '1', 'nothing'], 1, /there is no nothing/],
      [['save', '1', 'model', './model'], 1, /two of the paths are named model/],
      [['save', '01', 'model'], 2, /STEP is a whole number/],
      [['save', '-1', 'model'], 2, /STEP is a whole number/],
      [['save', '1'], 2, /usage/],
      [['latest'], 1, /^$/],
    ];
    mkdirSync(folder);
    for (const [args, status, words] of refused) {
      assert.throws(
        () => call(...args),
        (error: { status: number; stderr: string }) =>
          error.status === status && words.test(error.stderr),
        args.join(' '),
      );
    }
    assert.deepEqual(steps(), []);
  });
});
