import { setImmediate as nextTurn } from 'node:timers/promises';
import { restoreCheckpoint, saveCheckpoint } from './checkpoint.mjs';
import { readDataset } from './dataset.mjs';
import { readOptions, UsageError } from './options.mjs';
import { accuracyOf, startTraining, trainEpoch } from './training.mjs';

/**
 * Trains a small network to read handwritten digits. Killed at any moment and started again, it
 * goes on from its last checkpoint and ends with the very same weights.
 */

const EXIT_USAGE = 2;
const EXIT_SIGTERM = 128 + 15;

try {
  process.exitCode = await main(readOptions(process.env));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`train.mjs: ${error.message}`);
  process.exitCode = EXIT_USAGE;
}

/**
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<number>} the exit code
 */
async function main({ epochs, seed, checkpointDirectory }) {
  let stopWanted = false;
  process.on('SIGTERM', () => {
    stopWanted = true;
  });
  const { training, heldOut } = readDataset();
  console.log(`digits: ${training.length} samples to learn from, ${heldOut.length} held out`);

  const restored = await restore(checkpointDirectory, seed);
  const state = restored?.state ?? startTraining(seed);
  let lastEntry = restored?.entry ?? null;
  while (state.epoch < epochs) {
    if (stopWanted) {
      console.log(`stopped by SIGTERM after epoch ${state.epoch}`);
      return EXIT_SIGTERM;
    }
    const loss = trainEpoch(state, training);
    const accuracy = accuracyOf(state, heldOut);
    lastEntry = await saveCheckpoint(checkpointDirectory, state, lastEntry);
    // Printed once it is safe: an epoch in the log is never trained again.
    console.log(
      `epoch ${state.epoch} of ${epochs}: loss ${loss.toFixed(4)}, held-out ${accuracy.toFixed(4)}`,
    );
    // Training never waits, so signals are only heard here.
    await nextTurn();
  }
  console.log(`accuracy ${accuracyOf(state, heldOut).toFixed(4)}`);
  return 0;
}

/**
 * @param {string} directory
 * @param {number} seed
 */
async function restore(directory, seed) {
  const restored = await restoreCheckpoint(directory, console.log);
  if (restored === null) return null;
  // Overwriting another training's work unasked would be worse than stopping.
  if (restored.state.seed !== seed) {
    throw new UsageError(
      `SEED is ${seed}, but the checkpoints in ${directory} are of SEED ${restored.state.seed}; ` +
        'use that seed or another KEDGE_CHECKPOINT_DIR',
    );
  }
  console.log(`resumed from epoch ${restored.state.epoch}`);
  return restored;
}
