import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { solverConformance } from '../../src/ports/solver.conformance.ts';
import type { Solver, SolverAnswer } from '../../src/ports/solver.ts';

const ADAPTER = join(import.meta.dirname, '../../src/adapters/solvers/highs-solver.ts');
const LIMITS = { timeLimitMs: 50, relativeGap: 0 };
/** What the bad worker does is told by the cost of the model's one variable. */
const [HANGS, THROWS, EXITS, WORKS] = [1, 2, 3, 4];
const BAD_WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ model }) => {
      const [behaviour] = model.colCost;
      for (; behaviour === ${HANGS}; );
      if (behaviour === ${THROWS}) throw new RangeError('out of memory');
      if (behaviour === ${EXITS}) process.exit(9);
      parentPort.postMessage({ kind: 'answer', answer: { status: 'infeasible' } });
    });
    parentPort.postMessage({ kind: 'ready' });
  `)}`,
);

solverConformance('highs', () => highsSolver());

for (const { behaviour, what, code, why } of [
  { behaviour: HANGS, what: 'hangs', code: 'solver.timeout', why: /no answer in 100 ms/ },
  { behaviour: THROWS, what: 'throws', code: 'solver.failed', why: /out of memory/ },
  { behaviour: EXITS, what: 'ends', code: 'solver.failed', why: /ended with 9/ },
]) {
  it(`says so when the solver's thread ${what}, and solves the next model`, async (context) => {
    const solver = highsSolver({ worker: BAD_WORKER, graceMs: 50 });
    context.after(() => solver.close());
    await assert.rejects(ask(solver, behaviour!), (error) => {
      assert.ok(error instanceof KedgeError);
      assert.equal(error.code, code);
      assert.match(error.message, why);
      return true;
    });
    assert.deepEqual(await ask(solver, WORKS!), { status: 'infeasible' });
  });
}

it('a solver whose module is not there says so', async () => {
  const solver = highsSolver({ worker: new URL('./no-such-worker.ts', import.meta.url) });
  await assert.rejects(
    ask(solver, WORKS!),
    (error) => error instanceof KedgeError && error.code === 'solver.failed',
  );
});

it('a program that forgets to close the solver ends all the same', async () => {
  const program = `
    const { highsSolver } = await import(${JSON.stringify(pathToFileURL(ADAPTER).href)});
    const model = { cost: [1], lower: [3], upper: [9], integer: [true], rows: [] };
    const { objective } = await highsSolver().solve(model, { timeLimitMs: 1e12, relativeGap: 0 });
    process.stdout.write(String(objective));
  `;
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  assert.equal(stdout, '3');
});

function ask(solver: Solver, cost: number): Promise<SolverAnswer> {
  const model = { cost: [cost], lower: [0], upper: [1], integer: [true], rows: [] };
  return solver.solve(model, LIMITS);
}
