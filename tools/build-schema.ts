import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problemJsonSchema } from '../src/spec/problem-json-schema.ts';
import { taskSchema } from '../src/spec/reading/task-schema.ts';

const FOLDER = join(import.meta.dirname, '..', 'schema');

/** Where the schemas lie that editors and other programs read. */
export const SCHEMA_FILE = join(FOLDER, 'task.schema.json');
export const PROBLEM_SCHEMA_FILE = join(FOLDER, 'problem.schema.json');

/** The text of the schema file as it should be. */
export function schemaText(): string {
  return `${JSON.stringify(taskSchema(), null, 2)}\n`;
}

export function problemSchemaText(): string {
  return `${JSON.stringify(problemJsonSchema(), null, 2)}\n`;
}

/** `node tools/build-schema.ts` writes the files of schema/. */
if (import.meta.main) {
  mkdirSync(dirname(SCHEMA_FILE), { recursive: true });
  writeFileSync(SCHEMA_FILE, schemaText());
  writeFileSync(PROBLEM_SCHEMA_FILE, problemSchemaText());
}
