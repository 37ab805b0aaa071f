import type { TaskFile } from '../../../spec/task.ts';
import type { Transfer } from '../model/problem.ts';

const BYTES_PER_GIGABYTE = 1_000_000_000;

/** What tasks of a file hand to those that need them, as their `outputs` say. */
export function transfersOf({ tasks, needs }: TaskFile): readonly Transfer[] {
  return needs.flatMap((needed, to) =>
    needed.flatMap((from): Transfer[] => {
      const bytes = tasks[from]!.outputBytes ?? 0;
      return bytes === 0 ? [] : [{ from, to, gigabytes: bytes / BYTES_PER_GIGABYTE }];
    }),
  );
}
