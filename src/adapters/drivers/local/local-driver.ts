import { resolve } from 'node:path';
import { isoTime } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Driver } from '../../../ports/driver.ts';
import { lazyFiles } from '../shared/lazy-files.ts';
import { lazyNodes } from '../shared/lazy-nodes.ts';
import {
  boundedMachine,
  type MachineBounds,
  machineCapacity,
  UNBOUNDED,
} from '../shared/machine-pool.ts';
import { probeMachine } from '../shared/probe-machine.ts';
import { checkMachine } from './check-machine.ts';
import { LOCAL, localOffers } from './local-offers.ts';
import { baseEnvironment } from './task-environment.ts';

export type LocalDriverOptions = {
  /** Nodes' directories and checkpoints lie in it. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** The Node that runs the supervisors, and is `node` in tasks. */
  readonly nodeBin: string;
  /** What an hour of this machine costs; null for the energy it draws, an estimate. */
  readonly usdPerHour: number | null;
  /** Null for an average. */
  readonly electricityUsdPerKwh: number | null;
  /** Of what runs on this machine, in containers or not; all of it unless stated. */
  readonly bounds?: MachineBounds;
  /** What tasks may inherit from; Kedge's own environment unless a test says otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/**
 * Runs nodes as processes of this machine. Each has a private directory and a supervisor process
 * of its own; all that is known of a node lies in its directory and in /proc, so that the driver
 * itself has no state, and may die and come back at any moment.
 */
export function localDriver(options: LocalDriverOptions): Driver {
  const { clock, nodeBin, env = process.env, bounds = UNBOUNDED } = options;
  const dataDir = resolve(options.dataDir);
  const base = baseEnvironment(env, nodeBin);
  const probe = () => probeMachine(env);

  return {
    name: LOCAL,
    files: lazyFiles(async () => {
      const { localFiles } = await import('./local-files.ts');
      return localFiles(dataDir);
    }),
    ...lazyNodes(async () => {
      const { localNodes } = await import('./local-nodes.ts');
      return localNodes({ dataDir, clock, nodeBin, env: base });
    }),
    check: () => checkMachine({ dataDir, path: base['PATH'], probe }),
    offers: async () => {
      const { usdPerHour, electricityUsdPerKwh } = options;
      const today = isoTime(clock.now()).slice(0, 10);
      const machine = boundedMachine(await probe(), bounds);
      return localOffers(machine, { usdPerHour, electricityUsdPerKwh, today });
    },
    capacity: machineCapacity({ clock, bounds, env }),
  };
}
