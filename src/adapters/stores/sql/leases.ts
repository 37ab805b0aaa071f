import { KedgeError } from '../../../base/errors.ts';
import type { EpochMs } from '../../../base/time.ts';
import type { Claim } from '../../../ports/store.ts';
import type { RunRow } from './run-rows.ts';

export function checkLease(claim: Claim, row: RunRow, now: EpochMs): void {
  checkToken(claim, row);
  const expiresAt = row.lease_expires_at;
  if (expiresAt !== null && expiresAt > now) return;
  throw stale(claim, expiresAt === null ? 'it was given back' : 'its lease has run out');
}

export function checkToken(claim: Claim, row: RunRow): void {
  if (row.lease_token !== claim.token) throw stale(claim, 'it was claimed anew since');
}

function stale({ runId, token }: Claim, why: string): KedgeError {
  return new KedgeError('state.stale-lease', `claim ${token} of ${runId} is over: ${why}`, {
    hint: 'claim the run again and look at its state first',
  });
}

/** What an append made due stays due at once, whatever its claim knew of it. */
export function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
