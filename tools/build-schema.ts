import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { taskSchema } from '../src/spec/reading/task-schema.ts';

/** Where the schema lies that editors read. */
export const SCHEMA_FILE = join(import.meta.dirname, '..', 'schema', 'task.schema.json');

/** The text of the schema file as it should be. */
export function schemaText(): string {
  return `${JSON.stringify(taskSchema(), null, 2)}\n`;
}

/** `node tools/build-schema.ts` writes schema/task.schema.json. */
if (import.meta.main) {
  mkdirSync(dirname(SCHEMA_FILE), { recursive: true });
  writeFileSync(SCHEMA_FILE, schemaText());
}
