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
  readonly reservations: ReservationTable;
  readonly samples: SampleTable;
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
  /** JSON: the moves of the run. */
  moves: Generated<string>;
  stop_reason: string | null;
  /** JSON: the alarms of the run. */
  alarms: Generated<string>;
  created_at: EpochMs;
  started_at: EpochMs | null;
  ended_at: EpochMs | null;
  /** When to look at it, while nobody holds it; set during a claim, it outlives the claim. */
  next_at: EpochMs | null;
  /** Grows with each claim. */
  lease_token: Generated<number>;
  /** Null while nobody holds it. */
  lease_expires_at: EpochMs | null;
  /** Claims in a row that were not given back in order. */
  strikes: Generated<number>;
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
  move: Generated<number>;
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

type SampleTable = {
  tenant_id: string;
  run_id: string;
  allocation: number;
  attempt: number;
  rank: number;
  series: string;
};

type SettingTable = { tenant_id: string; key: string; value: string };

/** What an attempt takes of a pool, or waits for. */
type ReservationTable = {
  tenant_id: string;
  run_id: string;
  allocation: number;
  attempt: number;
  pool: string;
  /** Null while it waits. */
  held_at: EpochMs | null;
  priority: number;
  /** When its run was created. */
  since: EpochMs;
  cpus_milli: number;
  memory_mib: number;
  /** JSON: counts by the name of the device. */
  gpus: string;
  /** How long it is expected to hold that; null when nothing tells. */
  low_ms: number | null;
  mid_ms: number | null;
  high_ms: number | null;
};
