import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeState, encodeState } from './state-codec.mjs';

/**
 * Checkpoints that survive a crash at any moment. A file counts once `manifest.json` names it,
 * and the manifest is replaced last, in one rename: a torn write is never taken for a checkpoint.
 * The one before stays too, in case the disk damages the newest.
 *
 * @typedef {import('./training.mjs').TrainingState} TrainingState
 * @typedef {{ file: string, sha256: string, size: number, step: number }} Entry size in bytes,
 *   step in epochs
 * @typedef {{ state: TrainingState, entry: Entry }} Restored
 */

const MANIFEST = 'manifest.json';
const OUR_FILES = /^(epoch-\d{6}\.bin|epoch-\d{6}\.bin\.tmp|manifest\.json\.tmp)$/;

/**
 * Writes, commits, then removes all but this checkpoint and the one before.
 *
 * @param {string} directory
 * @param {TrainingState} state
 * @param {Entry | null} previous the last one known to be good
 * @returns {Promise<Entry>}
 */
export async function saveCheckpoint(directory, state, previous) {
  const bytes = encodeState(state);
  const file = `epoch-${String(state.epoch).padStart(6, '0')}.bin`;
  const entry = { file, sha256: sha256(bytes), size: bytes.length, step: state.epoch };
  await mkdir(directory, { recursive: true });
  await replaceDurably(directory, file, bytes);
  const manifest = `${JSON.stringify({ ...entry, previous }, null, 2)}\n`;
  await replaceDurably(directory, MANIFEST, Buffer.from(manifest));
  for (const leftover of await filesBeside(directory, [entry, previous])) {
    await rm(join(directory, leftover), { force: true });
  }
  return entry;
}

/**
 * The newest checkpoint whose checksum holds, or null.
 *
 * @param {string} directory
 * @param {(line: string) => void} tell hears of everything that was ignored
 * @returns {Promise<Restored | null>}
 */
export async function restoreCheckpoint(directory, tell) {
  const entries = await readManifest(directory, tell);
  for (const file of await filesBeside(directory, entries)) {
    tell(`ignored ${file}: never committed, the manifest does not name it`);
  }
  for (const entry of entries) {
    const bytes = await readIfThere(join(directory, entry.file));
    const fault = faultOf(bytes, entry);
    if (bytes !== null && fault === null) return { state: decodeState(bytes), entry };
    tell(`ignored ${entry.file}: ${fault}`);
  }
  return null;
}

/**
 * @param {string} directory
 * @param {(line: string) => void} tell
 * @returns {Promise<Entry[]>} newest first
 */
async function readManifest(directory, tell) {
  const bytes = await readIfThere(join(directory, MANIFEST));
  if (bytes === null) return [];
  try {
    const { previous, ...newest } = JSON.parse(bytes.toString());
    return [newest, previous].filter(isEntry);
  } catch {
    tell(`ignored ${MANIFEST}: it cannot be read`);
    return [];
  }
}

/**
 * Only plain names of ours pass: a manifest may come from another machine, and must not lead
 * out of its directory.
 *
 * @param {any} value
 * @returns {value is Entry}
 */
function isEntry(value) {
  return typeof value?.file === 'string' && /^epoch-\d{6}\.bin$/.test(value.file);
}

/**
 * @param {Buffer | null} bytes
 * @param {Entry} entry
 */
function faultOf(bytes, entry) {
  if (bytes === null) return 'the file is missing';
  if (bytes.length !== entry.size) return `torn, ${bytes.length} of ${entry.size} bytes`;
  if (sha256(bytes) !== entry.sha256) return 'its SHA-256 is not the one in the manifest';
  return null;
}

/**
 * After this the name means the old content or the new, never a part, even if power fails.
 *
 * @param {string} directory
 * @param {string} file
 * @param {Buffer} bytes
 */
async function replaceDurably(directory, file, bytes) {
  const path = join(directory, file);
  const handle = await open(`${path}.tmp`, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
  await syncDirectory(directory);
}

/** @param {string} directory */
async function syncDirectory(directory) {
  // Windows cannot open a directory for this, and needs it less.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Files of this module's making that are not among the entries; nobody else's are touched.
 *
 * @param {string} directory
 * @param {(Entry | null)[]} entries
 */
async function filesBeside(directory, entries) {
  const kept = new Set(entries.map((entry) => entry?.file));
  const names = await readdir(directory).catch(nullIfMissing);
  return (names ?? []).filter((name) => OUR_FILES.test(name) && !kept.has(name)).sort();
}

/** @param {string} path */
async function readIfThere(path) {
  return readFile(path).catch(nullIfMissing);
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {null}
 */
function nullIfMissing(error) {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
