import { KedgeError } from '../base/errors.ts';
import type { Io } from './context.ts';

/** What happened, what helps, and the code to look up; a bug with its trace, to be reported. */
export function printError(io: Io, error: unknown): void {
  if (!(error instanceof KedgeError)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`error: Kedge failed by a bug of its own; please report it\n${trace}\n`);
    return;
  }
  const problems = problemsOf(error);
  io.err(`error: ${error.message}\n`);
  for (const problem of problems.slice(1)) io.err(`       ${problem}\n`);
  if (error.hint !== undefined) io.err(`  hint: ${error.hint}\n`);
  io.err(`  code: ${error.code} (docs/errors.md)\n`);
}

/** Where one input has several problems, each in a line; the first is the message itself. */
function problemsOf(error: KedgeError): readonly string[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [];
  return problems.map((problem: { message?: string }) => String(problem.message ?? problem));
}
