import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs it while no other process does so with the same folder; waits for its turn. The kernel holds
 * the lock for our open file, so that it ends with this process, however that ends.
 */
export function withLock<Result>(dir: string, action: () => Result): Result {
  mkdirSync(dir, { recursive: true });
  const file = openSync(join(dir, '.lock'), 'w');
  try {
    execFileSync('flock', ['--exclusive', '3'], { stdio: ['ignore', 'inherit', 'inherit', file] });
    return action();
  } finally {
    closeSync(file);
  }
}
