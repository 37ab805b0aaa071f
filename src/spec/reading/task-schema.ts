import type { JsonSchema } from './form.ts';
import { headerForm, taskForm } from './task-keys.ts';

/**
 * JSON Schema (draft 2020-12) of one document of a task file, for editors: made of the tables that
 * the reading uses, so that both know the same keys.
 */
export function taskSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Kedge task file',
    description: 'A task, or the header of a file of several tasks.',
    anyOf: [{ $ref: '#/$defs/task' }, { $ref: '#/$defs/header' }],
    $defs: { task: taskForm.schema, header: headerForm.schema },
  };
}
