import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { corrupt, sqliteError } from './sqlite-error.ts';

/** Larger files are checked page by page as they are read: 64 MiB take about 0.1 s. */
const CHECKED_PAGES_MAX = 16 * 1024;

/**
 * Opens or makes a database that this process alone may use until it closes it or dies; then
 * the system gives the lock back, whatever the death. Errors: `server.already-running`,
 * `state.corrupt`, `state.disk-full`, `state.read-only`.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') makePrivate(file);
    database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
    lock(database);
    check(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(error, file);
  }
}

/**
 * Made by us before SQLite can make it with wider rights; the log beside it inherits the mode.
 * An existing file is not opened here: closing it would drop the locks that this process has on
 * it. Source: sqlite.org/howtocorrupt.html, section 2.2.
 */
function makePrivate(file: string): void {
  const dir = dirname(file);
  if (mkdirSync(dir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dir, 0o700);
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) chmodSync(file, 0o600);
  }
}

/**
 * The exclusive mode comes before the first read: so the write-ahead log needs no shared memory,
 * and the lock that the empty transaction takes is kept.
 * Source: sqlite.org/wal.html, section 8.
 */
function lock(database: DatabaseSync): void {
  database.exec('pragma locking_mode = exclusive');
  database.exec('begin exclusive; commit');
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
}

function check(database: DatabaseSync, file: string): void {
  const pages = database.prepare('pragma page_count').get()?.['page_count'];
  if (Number(pages) > CHECKED_PAGES_MAX) return;
  const found = database.prepare('pragma quick_check(1)').get()?.['quick_check'];
  if (found !== 'ok') throw corrupt(file, { what: String(found) });
}
