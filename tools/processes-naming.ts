import { readdirSync, readFileSync } from 'node:fs';

/** The processes that have it among their arguments. */
export function processesNaming(path: string): readonly string[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}
