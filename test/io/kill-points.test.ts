import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runCampaign } from '../kills/campaign.ts';

/** In small; `npm run test:kills` is the full count, with containers too. */
const KILLS = Number(process.env['KEDGE_KILLS'] ?? 4);
const SEED = Number(process.env['KEDGE_SEED'] ?? 1);

it(`${KILLS} kills of a server at points and at random leak, double and lose nothing (fault 1, seed ${SEED})`, async () => {
  const report = await runCampaign({
    seed: SEED,
    kills: KILLS,
    podman: null,
    users: ['local', 'fake'],
  });
  assert.deepEqual(report.breaks, []);
  assert.deepEqual(report.complaints, []);
  const kills = [...report.killsByPoint.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(kills >= KILLS && report.killsByPoint.size > KILLS / 4, 'some of them at points');
});
