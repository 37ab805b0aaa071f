import { assert } from '../base/assert.ts';
import type { Plan } from '../spec/plan.ts';
import { readTasks } from '../spec/read-tasks.ts';
import { explainPlan, planTasks } from './plan.ts';

/** The plan of a task file that states its offers itself, and for which no solver is to be asked. */
export function planText(text: string): Promise<Plan> {
  return planTasks({
    file: readTasks(text, { file: 'task.yaml' }),
    offers: [],
    solver: async () => assert(false, 'no solver is needed') as never,
    launchableOnly: false,
  });
}

/** What a terminal shows of it. */
export function planWords(plan: Plan): string {
  return explainPlan(plan, { verbose: false, columns: 200 }).join('\n');
}
