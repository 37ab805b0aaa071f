import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { steadyTime } from '../../src/adapters/clock/steady-time.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { pauseHolders } from './pause-holders.ts';

/** 200 in `npm run test:full`. */
const PAUSES = Number(process.env['KEDGE_PAUSES'] ?? 10);

test(`${PAUSES} pauses of a lease holder for three leases let no stale write in (fault 2)`, async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-pauses-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'data', 'kedge.db');
  const store = await openSqliteStore({
    file,
    ...steadyTime(),
    random: seededRandom(1),
    fold: foldRun,
  });
  context.after(() => store.close());
  await pauseHolders(store, { pauses: PAUSES });
});
