import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { compareStored, solveStored } from '../../app/solve.ts';
import { KedgeError } from '../../base/errors.ts';
import { PROBLEM_CHARS_MAX, readProblem } from '../../spec/read-problem.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { describeComparison, describeSolution } from '../describe-solution.ts';
import { type Format, formatOption, print, tableColumns } from '../output.ts';
import { addSolveOptions, type SolveOptions, solveRequest } from '../solve-options.ts';
import { untilInterrupted } from '../until-interrupted.ts';

type Options = SolveOptions & { readonly output: Format; readonly compareSolvers: boolean };

const EXAMPLES = `
Examples:
  kedge plan task.yaml --save problem.json
  kedge solve problem.json
  kedge solve problem.json --time-limit 60s --gap 0.1% -o json
  kedge solve problem.json --compare-solvers

The form of a problem is in schema/problem.schema.json of the package.`;

/** `kedge solve`: the best answer to a stored problem, with the proof of how good it is. */
export function command(context: Context): Command {
  return addSolveOptions(new Command().argument('<problem>', 'problem (JSON, kedge.problem/v1)'))
    .option('--compare-solvers', 'what every solver makes of it', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => solve(context, file, options));
}

async function solve(context: Context, file: string, options: Options): Promise<void> {
  const problem = readProblem(await readText(context, file), { file });
  const request = solveRequest(context, problem, options);
  const columns = tableColumns(context.io);
  if (options.compareSolvers) {
    const comparison = await untilInterrupted(context, compareStored(request));
    await print(context, options.output, {
      json: () => toWire(comparison),
      table: () => describeComparison(comparison, columns),
      names: () => comparison.solvers.map(({ solver }) => solver),
    });
    return;
  }
  const solution = await untilInterrupted(context, solveStored(request));
  await print(context, options.output, {
    json: () => toWire(solution),
    table: (wide) => describeSolution(solution, { wide, columns: wide ? Infinity : columns }),
    names: () => solution.lines.map(({ offerId }) => offerId),
  });
}

async function readText({ cwd }: Context, file: string): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path);
    if (size <= PROBLEM_CHARS_MAX) return await readFile(path, 'utf8');
    const message = `${file} has ${size} bytes; a problem has at most ${PROBLEM_CHARS_MAX}`;
    throw new KedgeError('input.too-large', message);
  } catch (error) {
    if (error instanceof KedgeError) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

function unreadable(file: string, cause: NodeJS.ErrnoException): KedgeError {
  if (cause.code === 'ENOENT') {
    return new KedgeError('input.not-found', `there is no file ${file}`, {
      cause,
      hint: '`kedge plan task.yaml --save problem.json` writes a problem',
    });
  }
  const why = cause.code === 'EISDIR' ? 'it is a folder' : (cause.code ?? cause.message);
  return new KedgeError('input.unreadable', `cannot read ${file}: ${why}`, { cause });
}
