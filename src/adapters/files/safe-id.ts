import { assert } from '../../base/assert.ts';

/** An id that becomes part of a path: it was checked where it came in. */
export function safeId(id: string): string {
  assert(/^[a-z0-9_-]+$/i.test(id), `${id} is no id`);
  return id;
}
