import { KedgeError } from '../base/errors.ts';
import { HOUR_MS } from '../base/time.ts';
import { measuredDemand } from '../core/demand/measured/measured-demand.ts';
import { readOwnMeasurement } from '../core/demand/measured/read-own-measurement.ts';
import type { TaskFile } from '../spec/task.ts';
import type { DemandReport } from './demand.ts';
import type { ModelBook } from './read-models.ts';

/** What `--measured` and `--on` say. */
export type MeasuredTexts = {
  /** As `step_time=1.83s` or `tp=8,recompute=full`. */
  readonly measured: readonly string[];
  /** As `H100:8`; null where the user left it out. */
  readonly on: string | null;
};

/**
 * The demand of the one task of a file, updated by what the user measured of it.
 * Errors: `cli.usage` for words that make no sense, or several tasks; those of `measuredDemand`.
 */
export function measuredDemandOf(
  { tasks }: TaskFile,
  { measured, on }: MeasuredTexts,
  models?: ModelBook,
): DemandReport {
  const own = readOwnMeasurement(measured, on);
  const [task, another] = tasks;
  if (task === undefined || another !== undefined)
    throw new KedgeError(
      'cli.usage',
      `--measured is of one task, and the file has ${tasks.length}`,
      {
        hint: 'keep the one that was measured in a file of its own',
      },
    );
  const { name, goal } = task;
  const deadlineHours = goal.deadlineMs === null ? null : goal.deadlineMs / HOUR_MS;
  return {
    schema: 'kedge.demand/v1',
    tasks: [{ name, deadlineHours, ...measuredDemand(task, own, models) }],
  };
}
