import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MatchedFile } from '../app/plan.ts';
import { compareStored, problemOfFile } from '../app/solve.ts';
import { steadyClock } from '../app/steady-clock.ts';
import { KedgeError } from '../base/errors.ts';
import { printProblem } from '../spec/print-problem.ts';
import { toWire } from '../spec/wire.ts';
import type { Context } from './context.ts';
import { describeComparison } from './describe-solution.ts';
import { type Format, print, tableColumns } from './output.ts';
import { DEFAULTS } from './solve-options.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** Keeps the problem of a file, for `kedge solve`. Errors: `state.read-only`, `state.disk-full`, `plan.needs-hours`. */
export async function saveProblem(
  { cwd, io }: Context,
  matched: MatchedFile,
  file: string,
): Promise<void> {
  const text = printProblem(await problemOfFile(matched));
  try {
    await writeFile(resolve(cwd, file), text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new KedgeError(
      isFull ? 'state.disk-full' : 'state.read-only',
      `cannot write ${file}: ${code}`,
      { cause, hint: isFull ? 'free some space' : 'name a file that you may write with --save' },
    );
  }
  io.err(`note: the problem is in ${file}; \`kedge solve ${file}\` solves it\n`);
}

/** What every solver makes of the tasks of a file as one problem. */
export async function comparePlan(
  context: Context,
  matched: MatchedFile,
  output: Format,
): Promise<void> {
  const request = {
    ...DEFAULTS,
    problem: await problemOfFile(matched),
    solverName: 'auto',
    clock: steadyClock(),
    solver: context.wiring.solver,
  };
  const comparison = await untilInterrupted(context, compareStored(request));
  await print(context, output, {
    json: () => toWire(comparison),
    table: () => describeComparison(comparison, tableColumns(context.io)),
    names: () => comparison.solvers.map(({ solver }) => solver),
  });
}
