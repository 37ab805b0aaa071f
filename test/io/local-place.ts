import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { endProcesses } from '../../src/adapters/drivers/local/end-processes.ts';
import { localDriver } from '../../src/adapters/drivers/local/local-driver.ts';
import {
  type NodeDirectory,
  nodeDirectory,
} from '../../src/adapters/drivers/local/node-directory.ts';
import { keepersOf } from '../../src/adapters/drivers/local/output-keeper.ts';
import {
  type DriverHarness,
  INSTALLATION,
  type TaskWords,
} from '../../src/ports/driver.conformance.ts';
import type { Driver, NodeRef, Observation } from '../../src/ports/driver.ts';
import { kill } from './kedge-home.ts';

const WAIT_MS_MAX = 20_000;
const LOOK_MS_MAX = 50;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** Ends with its group; `wait` lets bash hear a signal at once. */
const STAY = 'sleep 600 & wait';

export const BASH: TaskWords = {
  exits: (code) => `exit ${code}`,
  prints: (text) => `printf '%s' ${quoted(text)}`,
  printsVariables: (names) => names.map((name) => `echo "${name}=$${name}"`).join('; '),
  printsAndStays: (text) => `printf '%s' ${quoted(text)}; ${STAY}`,
  printsAndResists: (text) =>
    `trap '' TERM; printf '%s' ${quoted(text)}; while :; do sleep 600; done`,
};

/** The local driver on a temporary data folder of its own. */
export class LocalPlace implements DriverHarness {
  readonly dir = mkdtempSync(join(tmpdir(), 'kedge-local-'));
  readonly dataDir = join(this.dir, 'data');
  readonly driver = this.another();
  readonly task = BASH;

  /** One more driver on the same data, as after a restart of the server. */
  another(env: Readonly<Record<string, string | undefined>> = process.env): Driver {
    const { dataDir } = this;
    const nodeBin = process.execPath;
    const price = { usdPerHour: null, electricityUsdPerKwh: null };
    return localDriver({ dataDir, clock: systemClock(), nodeBin, env, ...price });
  }

  async waitFor(ref: NodeRef, isWanted: (seen: Observation) => boolean): Promise<Observation> {
    const until = Date.now() + WAIT_MS_MAX;
    for (let pause = 2; ; pause = Math.min(2 * pause, LOOK_MS_MAX)) {
      const [seen] = await this.driver.observe([ref]);
      if (seen !== undefined && isWanted(seen)) return seen;
      if (Date.now() > until) assert.fail(`${ref.token} shows ${JSON.stringify(seen)}`);
      await delay(pause);
    }
  }

  node(ref: NodeRef): NodeDirectory {
    return nodeDirectory(this.dataDir, ref);
  }

  supervisorPid(ref: NodeRef): number {
    const { process } = JSON.parse(readFileSync(this.node(ref).supervisorFile, 'utf8'));
    return process.pid;
  }

  cleanup = async (): Promise<void> => {
    for (const ref of await this.driver.list(INSTALLATION)) {
      const { dir } = this.node(ref);
      await endProcesses(dir, { clock: systemClock(), graceMs: 0 });
      for (const pid of keepersOf(dir)) kill(pid);
    }
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  };
}
