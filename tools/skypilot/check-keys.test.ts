import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RESOURCE_KEYS } from '../../src/spec/reading/resource-keys.ts';
import { HEADER_KEYS, TASK_KEYS } from '../../src/spec/reading/task-keys.ts';
import { committedKeys } from './check-keys.ts';

describe("SkyPilot's keys", () => {
  const { task, resources, header } = committedKeys();
  const tables: Readonly<Record<string, readonly [keys: readonly string[], table: object]>> = {
    'of a task': [task, TASK_KEYS],
    'of resources': [resources, RESOURCE_KEYS],
    'of the header of a job group': [header, HEADER_KEYS],
  };
  for (const [where, [keys, table]] of Object.entries(tables)) {
    it(`${where} are all known to Kedge`, () => {
      assert.ok(keys.length > 4);
      assert.deepEqual(
        keys.filter((key) => !Object.hasOwn(table, key)),
        [],
      );
    });
  }
});
