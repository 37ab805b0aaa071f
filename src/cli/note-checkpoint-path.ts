import type { Plan } from '../spec/plan.ts';
import type { TaskFile } from '../spec/task.ts';
import type { Context } from './context.ts';

/** Says where a task finds its checkpoints when its place cannot show them at the task's path. */
export function noteCheckpointPath(
  { io }: Context,
  { plan, tasks }: { readonly plan: Plan; readonly tasks: TaskFile },
): void {
  for (const line of plan.allocations) {
    const path = tasks.tasks[line.task]?.checkpoint?.path;
    if (path === undefined || line.provider !== 'local' || isInWork(path)) continue;
    io.err(`note: at ${line.place} checkpoints are at $KEDGE_CHECKPOINT_DIR, not at ${path}\n`);
  }
}

/** On this machine a path within the working directory is a link to them; no other can be. */
function isInWork(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return !/^[/~]/.test(path) && parts.length > 0 && !parts.includes('..');
}
