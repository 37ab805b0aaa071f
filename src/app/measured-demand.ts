import { KedgeError } from '../base/errors.ts';
import { acceleratorsFor } from '../core/demand/accelerators/accelerators-for.ts';
import { measuredDemand } from '../core/demand/measured/measured-demand.ts';
import { readOwnMeasurement } from '../core/demand/measured/read-own-measurement.ts';
import type { TaskFile } from '../spec/task.ts';
import { type DemandReport, reportOf } from './demand.ts';
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
  const [task, another] = tasks;
  if (task === undefined || another !== undefined)
    throw new KedgeError(
      'cli.usage',
      `--measured is of one task, and the file has ${tasks.length}`,
      {
        hint: 'keep the one that was measured in a file of its own',
      },
    );
  const own = readOwnMeasurement(measured, on, acceleratorsFor(task));
  return reportOf([{ task, demand: measuredDemand(task, own, models) }]);
}
