import type { Generated } from 'kysely';
import type { EpochMs } from '../../../base/time.ts';
import type { AttemptPhase, NodePhase, Outcome, RunPhase } from '../../../spec/run.ts';

/**
 * The tables as Kysely sees them; migrations.ts makes them. Moments are epoch milliseconds, truth
 * is 0 or 1, JSON is in the wire form of spec/wire.ts. Every primary key starts with the tenant.
 */
export type Tables = {
  readonly runs: RunTable;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly nodes: NodeTable;
  readonly events: EventTable;
  readonly settings: SettingTable;
};

type RunTable = {
  tenant_id: string;
  run_id: string;
  name: string;
  state: RunPhase;
  reason: string | null;
  outcome: Outcome | null;
  exit_code: number | null;
  stop_requested: number;
  created_at: EpochMs;
  started_at: EpochMs | null;
  ended_at: EpochMs | null;
  /** When to look at it, while nobody holds it; set during a claim, it outlives the claim. */
  next_at: EpochMs | null;
  /** Grows with each claim. */
  lease_token: Generated<number>;
  /** Null while nobody holds it. */
  lease_expires_at: EpochMs | null;
  /** Number of its latest event. */
  last_seq: number;
};

/** Apart from `runs`, whose rows are rewritten with every event: a request can be large. */
type RequestTable = { tenant_id: string; run_id: string; request: string };

type AttemptTable = {
  tenant_id: string;
  run_id: string;
  allocation: number;
  attempt: number;
  state: AttemptPhase;
  outcome: Outcome | null;
  created_at: EpochMs;
  ended_at: EpochMs | null;
};

type NodeTable = {
  tenant_id: string;
  run_id: string;
  allocation: number;
  attempt: number;
  rank: number;
  token: string;
  state: NodePhase;
  reason: string | null;
  outcome: Outcome | null;
  exit_code: number | null;
  started_at: EpochMs | null;
  ended_at: EpochMs | null;
};

type EventTable = {
  tenant_id: string;
  run_id: string;
  seq: number;
  type: string;
  schema_version: number;
  at: EpochMs;
  actor: string;
  data: string;
};

type SettingTable = { tenant_id: string; key: string; value: string };
