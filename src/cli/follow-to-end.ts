import type { Context } from './context.ts';
import { exitCodeOf, FOLLOW_FAILED, followRun, tellLetGo } from './follow.ts';
import type { LogFilter } from './log-filter.ts';
import { printError } from './print-error.ts';
import { printOutcome } from './print-outcome.ts';

/**
 * Follows a run to its end, its bill and its exit code. From here on the run goes on without us,
 * whatever happens on this side.
 */
export async function followToEnd(
  context: Context,
  runId: string,
  filter?: LogFilter,
): Promise<void> {
  try {
    const run = await followRun(context, runId, filter);
    await printOutcome(context, run);
    context.exit.code = exitCodeOf(run);
  } catch (error) {
    if (context.interrupt.aborted) {
      tellLetGo(context, runId);
      throw error;
    }
    printError(context.io, error);
    context.exit.code = FOLLOW_FAILED;
  }
}
