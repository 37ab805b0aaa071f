import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const REMOVE_MS_MAX = 10_000;
const POLL_MS = 20;

/** One hierarchy (cgroup v2), or one for each controller (v1, and both mixed). */
function hierarchies(): readonly string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT)
    .map((name) => join(ROOT, name))
    .filter((path) => statSync(path).isDirectory());
}

/** Makes a group of that name below the root of each hierarchy. */
export function makeCgroups(name: string): void {
  for (const root of hierarchies()) mkdirSync(join(root, name), { recursive: true });
}

/** The folders of that name which exist. */
export function cgroupsNamed(name: string): readonly string[] {
  return hierarchies()
    .map((root) => join(root, name))
    .filter((path) => existsSync(path));
}

/** Removes them and all below; what is in them has been killed, and may still be on its way out. */
export function removeCgroups(name: string): void {
  const deadline = Date.now() + REMOVE_MS_MAX;
  for (const path of cgroupsNamed(name)) {
    while (!removedTree(path) && Date.now() < deadline) sleepSync(POLL_MS);
  }
}

/** The kernel removes only groups that are empty, the inner ones first. */
function removedTree(path: string): boolean {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory() && !removedTree(join(path, entry.name))) return false;
    }
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}

/** For what must also work while the process exits. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
