import { UsageError } from './options.mjs';
import { PARAMETERS } from './training.mjs';

/**
 * A checkpoint's bytes: one line of JSON, then the parameters and Adam's two means as doubles,
 * lowest byte first. Nothing in them depends on the clock or the machine, so that equal states
 * have equal checksums.
 *
 * @typedef {import('./training.mjs').TrainingState} TrainingState
 */

const DOUBLE_BYTES = 8;

/**
 * @param {TrainingState} state
 * @returns {Buffer}
 */
export function encodeState({ parameters, means, squares, ...rest }) {
  const body = Buffer.alloc(3 * PARAMETERS * DOUBLE_BYTES);
  let at = 0;
  for (const values of [parameters, means, squares]) {
    for (const value of values) at = body.writeDoubleLE(value, at);
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), body]);
}

/**
 * @param {Buffer} bytes whose checksum held: what they say is believed
 * @returns {TrainingState}
 */
export function decodeState(bytes) {
  const bodyStart = bytes.indexOf('\n') + 1;
  const body = bytes.subarray(bodyStart);
  if (body.length !== 3 * PARAMETERS * DOUBLE_BYTES) {
    throw new UsageError('the checkpoint is of another network; use another KEDGE_CHECKPOINT_DIR');
  }
  const [parameters, means, squares] = [0, 1, 2].map((part) =>
    Float64Array.from({ length: PARAMETERS }, (_, index) =>
      body.readDoubleLE((part * PARAMETERS + index) * DOUBLE_BYTES),
    ),
  );
  return { ...JSON.parse(bytes.toString('utf8', 0, bodyStart)), parameters, means, squares };
}
