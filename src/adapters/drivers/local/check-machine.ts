import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { formatBytes, MIB } from '../../../base/units.ts';
import type { PlaceCheck } from '../../../ports/driver.ts';
import { findProgram } from '../shared/find-program.ts';
import type { Machine } from '../shared/probe-machine.ts';
import { codeOf } from './durable-file.ts';
import { LOCAL } from './local-offers.ts';

/** Less than this, and a task's output alone may fill the disk. */
const FREE_BYTES_MIN = 100 * MIB;

/** Whether this machine can run tasks: Linux with /proc, bash, and room in the data folder. */
export async function checkMachine(options: {
  readonly dataDir: string;
  readonly path: string | undefined;
  readonly probe: () => Promise<Machine>;
}): Promise<PlaceCheck> {
  const { dataDir, path, probe } = options;
  if (process.platform !== 'linux' || !existsSync('/proc/self/stat')) {
    return unusable('tasks run on Linux with /proc only', 'plan here and run on a Linux machine');
  }
  if (findProgram('bash', path) === null)
    return unusable('there is no bash on the PATH', 'install bash');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(dataDir);
    const free = `${formatBytes(bavail * bsize)} free in ${dataDir}`;
    if (bavail * bsize < FREE_BYTES_MIN) return unusable(`only ${free}`, 'free some space');
    const { vcpus, memoryGib, gpus } = await probe();
    const devices = gpus.length === 0 ? 'no GPU' : gpus.map(({ name }) => name).join(', ');
    const reason = `${vcpus} vCPUs, ${memoryGib} GiB, ${devices}, ${free}`;
    return { place: LOCAL, usable: true, reason, hint: null };
  } catch (error) {
    const reason = `${dataDir} cannot be used: ${codeOf(error)}`;
    return unusable(reason, 'set KEDGE_HOME to a folder that you may write to');
  }
}

function unusable(reason: string, hint: string): PlaceCheck {
  return { place: LOCAL, usable: false, reason, hint };
}
