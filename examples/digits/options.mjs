import { resolve } from 'node:path';

/**
 * What the environment asks for, checked.
 *
 * @typedef {{ epochs: number, seed: number, checkpointDirectory: string }} Options
 */

/** The user's mistake, not the program's: told without a stack, exit code 2. */
export class UsageError extends Error {}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Options}
 */
export function readOptions(env) {
  return {
    epochs: readInteger(env, { name: 'EPOCHS', fallback: 60, min: 1, max: 10_000 }),
    seed: readInteger(env, { name: 'SEED', fallback: 1, min: 0, max: 2 ** 32 - 1 }),
    checkpointDirectory: resolve(env.KEDGE_CHECKPOINT_DIR || 'checkpoints'),
  };
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {{ name: string, fallback: number, min: number, max: number }} option
 */
function readInteger(env, { name, fallback, min, max }) {
  const text = env[name];
  // Launchers often pass an unset variable on as an empty one.
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
}
