/**
 * A server as users run it, but for its place: a virtual provider with room for so many machines,
 * whose tasks do nothing for as long as their name says. Tells its address on the channel.
 */
import { pino } from 'pino';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { serverParts } from '../../src/main.ts';
import { homeOf } from '../../src/sdk/home.ts';
import { serve } from '../../src/server/serve.ts';
import { POOL } from './task.ts';

const CPUS = Number(process.argv[2]);
const BOOT_MS = { min: 50, max: 200 };

const home = homeOf(process.env);
const parts = await serverParts(home);
const has = { cpusMilli: CPUS * 1000, memoryMib: 0, gpusByName: {} };
const driver = fakeDriver({
  clock: parts.clock,
  random: Math.random,
  ledger: new Ledger(),
  capacity: [{ pool: POOL, name: 'the bench', has }],
  script: {
    ...CALM,
    bootMs: BOOT_MS,
    task: ({ envs }) => ({ ...CALM.task({} as never), durationMs: Number(envs['LASTS_MS']) }),
  },
});
await serve({
  ...parts,
  ...home,
  drivers: new Map([['fake', driver]]),
  version: 'bench',
  port: 0,
  log: pino({ base: null }, pino.destination({ dest: 2, sync: true })),
  untilSignal: new Promise((resolve) => process.on('SIGTERM', () => resolve())),
  ready: () => process.send?.('ready'),
});
process.exit();
