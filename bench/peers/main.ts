/**
 * Installs the peers that `npm run bench` compares with, outside the checkout, and has each answer
 * once: it must find the cheapest of the price rows that it shares with Kedge.
 */
import { execFileSync } from 'node:child_process';
import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { assert } from '../../src/base/assert.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import {
  installSkypilot,
  SKYPILOT_VERSION,
  skypilotCommand,
  writeSkyCatalogs,
} from './skypilot.ts';
import { SKY_CLOUDS } from './skypilot-csv.ts';

const ACCELERATOR = { name: 'H100', count: 8 };

installSkypilot();
const rows = await writeSkyCatalogs();
process.stderr.write(`SkyPilot ${SKYPILOT_VERSION} is installed, with ${rows} price rows\n`);
const answer = askSkypilot();
const chosen = (JSON.parse(answer) as { usd_per_hour: number }).usd_per_hour;
const cheapest = await cheapestUsdPerHour();
assert(chosen === cheapest, `it chose $${chosen} an hour, the cheapest is $${cheapest}`);
process.stdout.write(`${answer}\n`);

/** The line of JSON that skypilot.py prints. */
function askSkypilot(): string {
  const command = skypilotCommand([`${ACCELERATOR.name}:${ACCELERATOR.count}`]);
  assert(command !== null, 'SkyPilot was installed above');
  const { file, args, env } = command;
  const said = execFileSync(file, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  // Its progress comes on the same stream, before.
  return said.trimEnd().split('\n').at(-1)!;
}

async function cheapestUsdPerHour(): Promise<number> {
  const prices = offersFrom(await bundledFeed().load())
    .filter(({ provider, spot }) => !spot && SKY_CLOUDS.some((cloud) => cloud === provider))
    .filter(
      ({ accelerator, acceleratorCount }) =>
        accelerator === ACCELERATOR.name && acceleratorCount === ACCELERATOR.count,
    )
    .map(({ nanosPerHour }) => nanosPerHour / 1e9);
  return Math.min(...prices);
}
