import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../base/rng.ts';
import type { ErrorShares } from '../demand/calibration/learn-from-measurement.ts';
import { errorShares, kinshipOf, type TaskError } from './error-shares.ts';

const PARTS = ['task', 'generation', 'device'] as const;

/** Errors of 200 tasks, each on two generations of two devices with two set-ups, made of such parts. */
function drawErrors({ task, generation, device }: ErrorShares, seed = 1): readonly TaskError[] {
  const random = seededRandom(seed);
  const normal = (share: number): number =>
    Math.sqrt(share) * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const own = 1 - task - generation - device;
  return Array.from({ length: 200 }, (_, at) => {
    const ofTask = normal(task);
    return ['old', 'new'].flatMap((name) => {
      const ofGeneration = normal(generation);
      return [1, 2].flatMap((part) => {
        const ofDevice = normal(device);
        return [1, 2].map(
          (): TaskError => ({
            error: 0.2 * (ofTask + ofGeneration + ofDevice + normal(own)),
            task: `task ${at}`,
            family: `family ${at % 5}`,
            quantity: 'training-tokens',
            generation: name,
            device: `${name} ${part}`,
          }),
        );
      });
    });
  }).flat();
}

describe('shares of errors', () => {
  it('are found again where errors are made of them', () => {
    const made = { task: 0.3, generation: 0.3, device: 0.2 };
    const found = errorShares(drawErrors(made), PARTS);
    for (const part of PARTS)
      assert.ok(Math.abs(found[part] - made[part]) < 0.07, `${part}: ${found[part]}`);
  });

  it('are next to none where errors have nothing in common', () => {
    const found = errorShares(drawErrors({ task: 0, generation: 0, device: 0 }), PARTS);
    assert.ok(found.task + found.generation + found.device < 0.1, JSON.stringify(found));
  });

  it('do not depend on the scale of a source', () => {
    const rows = drawErrors({ task: 0.4, generation: 0.2, device: 0.1 });
    const wide = rows.map((row) =>
      row.family === 'family 1' ? { ...row, error: 5 * row.error } : row,
    );
    const [before, after] = [errorShares(rows, PARTS), errorShares(wide, PARTS)];
    for (const part of PARTS) assert.ok(Math.abs(before[part] - after[part]) < 1e-6);
  });

  it('are of the parts that were asked for alone', () => {
    const found = errorShares(drawErrors({ task: 0.5, generation: 0.2, device: 0 }), ['task']);
    assert.deepEqual([found.generation, found.device], [0, 0]);
    assert.ok(found.task > 0.5);
  });

  it('tell set-ups of one device, of one generation and of one task apart', () => {
    const [one, sameDevice, sameGeneration, , other] = drawErrors({
      task: 0,
      generation: 0,
      device: 0,
    });
    assert.equal(kinshipOf(one!, sameDevice!), 'device');
    assert.equal(kinshipOf(one!, sameGeneration!), 'generation');
    assert.equal(kinshipOf(one!, other!), 'task');
  });
});
