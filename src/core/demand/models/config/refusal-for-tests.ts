import { assert } from '../../../../base/assert.ts';
import { KedgeError } from '../../../../base/errors.ts';
import { readConfig } from './read-config.ts';

/** The error that a config.json is refused with. */
export function refusalOf(json: unknown): KedgeError {
  try {
    readConfig(json, 'someone/model');
  } catch (error) {
    if (error instanceof KedgeError) return error;
    throw error;
  }
  assert(false, 'the config was accepted');
}
