import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { isUsable, machinesMax, type Part, type TaskParts, type TaskScope } from './part.ts';
import { cheapestStart } from './start.ts';

/** Exactly one option: a binary column of each that can end in time and that there is enough of. */
export function choiceParts({ builder, problem, task, windowS }: TaskScope): TaskParts {
  const { work } = problem.tasks[task]!;
  assert(work.kind === 'choice', 'these are the parts of a choice');
  const parts = work.options.flatMap(({ offer, machines, hours, startS, extraMicros }, option) => {
    const latestS = windowS - hours * SECONDS_PER_HOUR;
    if (startS > latestS || machines > machinesMax(problem, offer)) return [];
    if (!isUsable(problem, offer)) return [];
    const hired = { machines, hours };
    const begun = cheapestStart(problem.offers[offer]!, hired, { earliestS: startS, latestS });
    const column = builder.column({ upper: 1, whole: true });
    const part: Part = {
      task,
      option,
      offer,
      machines: [{ column, value: machines }],
      machineHours: [{ column, value: machines * hours }],
      micros: [{ column, value: begun.micros + extraMicros }],
      share: [],
      hired: { kind: 'choice', column, machines, hours, startS: begun.startS },
    };
    return [part];
  });
  const chosen = parts.flatMap(({ machines }) =>
    machines.map(({ column }) => ({ column, value: 1 })),
  );
  const row = builder.row(chosen, { lower: 1, upper: 1 });
  return { parts, needRows: [{ row, factor: 1 }] };
}
