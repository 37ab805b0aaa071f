import { after, test } from 'node:test';
import { openPostgresStore } from '../../src/adapters/stores/postgres/postgres-store.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { pauseHolders } from '../io/pause-holders.ts';
import { PostgresServer } from './postgres-server.ts';

/** One in the middle of a transaction lasts until the database has ended that. */
const PAUSES = Number(process.env['KEDGE_PAUSES'] ?? 5);
const skip = process.env['KEDGE_SKIP_LIVE'] === '1' ? 'KEDGE_SKIP_LIVE=1' : false;

test(`${PAUSES} pauses of a server that holds a run let no stale write in (fault 2)`, {
  skip,
}, async (context) => {
  const server = await PostgresServer.start();
  after(() => server.remove());
  const url = await server.newDatabase();
  const store = await openPostgresStore({ url, random: Math.random, fold: foldRun });
  context.after(() => store.close());
  await pauseHolders(store, { pauses: PAUSES, url });
});
