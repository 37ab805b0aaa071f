/**
 * A server as main.ts starts it, of the same parts, with a virtual provider beside them that
 * outlives it. It kills itself at the point that KILL_ORDER names.
 */
import { writeSync } from 'node:fs';
import module from 'node:module';
import { pino } from 'pino';
import { SECOND_MS } from '../../src/base/time.ts';
import { serverParts } from '../../src/main.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Driver } from '../../src/ports/driver.ts';
import { homeOf } from '../../src/sdk/home.ts';
import { serve } from '../../src/server/serve.ts';
import { Trigger } from './deadly.ts';
import { READY, type TimedOrder } from './kill-point.ts';
import { remoteDriver } from './remote-driver.ts';

/** A server that lives a second would never come to its sweeps. */
const SWEEP_MS_MIN = 30 * SECOND_MS;
const HASTE = 60;

const order = JSON.parse(process.env['KILL_ORDER'] ?? 'null') as TimedOrder | null;
const trigger = new Trigger(order);
const home = homeOf(process.env);
const { store, secrets, bundles, drivers, clock, ...rest } = await serverParts(home);
const places: readonly Driver[] = [
  ...drivers.values(),
  remoteDriver(process.env['PROVIDER_SOCKET'] ?? ''),
];
// Whoever kills us again and again may have ended, too.
process.stdin.once('end', () => process.exit()).resume();
await serve({
  ...rest,
  store: trigger.arm('store', store),
  secrets: trigger.arm('secrets', secrets),
  bundles: trigger.arm('bundles', bundles),
  drivers: new Map(places.map((driver) => [driver.name, trigger.arm(driver.name, driver)])),
  clock: hurried(clock),
  ...home,
  version: '0.0.0-kills',
  port: 0,
  log: pino({ base: null }, pino.destination({ dest: 2, sync: true })),
  untilSignal: new Promise((resolve) => process.once('SIGTERM', () => resolve())),
  ready: () => {
    writeSync(1, READY);
    // Who is killed writes nothing at its end.
    module.flushCompileCache();
  },
});
// As main.ts does: what is still open must not hold it back.
process.exit();

function hurried(real: Clock): Clock {
  return {
    now: () => real.now(),
    sleep: (ms, signal) => real.sleep(ms >= SWEEP_MS_MIN ? ms / HASTE : ms, signal),
  };
}
