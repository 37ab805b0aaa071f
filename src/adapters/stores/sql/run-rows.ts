import type { Insertable, Selectable } from 'kysely';
import { z } from 'zod';
import { KedgeError } from '../../../base/errors.ts';
import type { RunRequest } from '../../../ports/store.ts';
import { launchRequestSchema } from '../../../spec/api.ts';
import { EVENT_DATA, type EventType, type NewEvent, type RunEvent } from '../../../spec/event.ts';
import { type Attempt, type Run, type RunNode, runSchema } from '../../../spec/run.ts';
import { fromWire, toWire } from '../../../spec/wire.ts';
import type { StateErrors } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

export type RunRow = Selectable<Tables['runs']>;
type Parts = {
  readonly attempts: readonly Selectable<Tables['attempts']>[];
  readonly nodes: readonly Selectable<Tables['nodes']>[];
};

/** A run of its rows; the parts are those of this run, in the order of their keys. */
export function runOfRows(row: RunRow, parts: Parts, errors: StateErrors): Run {
  const run = {
    ...row,
    schema: 'kedge.run/v1',
    stop_requested: row.stop_requested === 1,
    moves: parsed(row.moves, { errors, what: row.run_id }),
    alarms: parsed(row.alarms, { errors, what: row.run_id }),
    attempts: parts.attempts,
    nodes: parts.nodes,
  };
  return checked(runSchema, fromWire(run), { errors, what: row.run_id });
}

/** The columns of `runs` that are the run's own state, and not its place in the queue. */
export function runColumns(run: Run) {
  return {
    name: run.name,
    state: run.state,
    reason: run.reason,
    outcome: run.outcome,
    exit_code: run.exitCode,
    stop_requested: run.stopRequested ? 1 : 0,
    moves: JSON.stringify(toWire(run.moves)),
    stop_reason: run.stopReason,
    alarms: JSON.stringify(toWire(run.alarms)),
    created_at: run.createdAt,
    started_at: run.startedAt,
    ended_at: run.endedAt,
  };
}

export function attemptRow(run: Run, attempt: Attempt): Insertable<Tables['attempts']> {
  return {
    tenant_id: run.tenantId,
    run_id: run.runId,
    allocation: attempt.allocation,
    attempt: attempt.attempt,
    move: attempt.move,
    state: attempt.state,
    outcome: attempt.outcome,
    created_at: attempt.createdAt,
    ended_at: attempt.endedAt,
  };
}

export function nodeRow(run: Run, node: RunNode): Insertable<Tables['nodes']> {
  return {
    tenant_id: run.tenantId,
    run_id: run.runId,
    allocation: node.allocation,
    attempt: node.attempt,
    rank: node.rank,
    token: node.token,
    state: node.state,
    reason: node.reason,
    outcome: node.outcome,
    exit_code: node.exitCode,
    started_at: node.startedAt,
    ended_at: node.endedAt,
  };
}

export function eventRow(event: RunEvent): Insertable<Tables['events']> {
  return {
    tenant_id: event.tenantId,
    run_id: event.runId,
    seq: event.seq,
    type: event.type,
    schema_version: event.schemaVersion,
    at: event.at,
    actor: event.actor,
    data: JSON.stringify(toWire(event.data)),
  };
}

export function eventOfRow(row: Selectable<Tables['events']>, errors: StateErrors): RunEvent {
  const what = `event ${row.seq} of ${row.run_id}`;
  if (row.schema_version !== 1 || !Object.hasOwn(EVENT_DATA, row.type)) {
    throw errors.newer(`${what} is ${row.type}/v${row.schema_version}`);
  }
  const type = row.type as EventType;
  const where = { errors, what };
  const data = checked(EVENT_DATA[type], fromWire(parsed(row.data, where)), where);
  return {
    ...({ type, data } as NewEvent),
    tenantId: row.tenant_id,
    runId: row.run_id,
    seq: row.seq,
    schemaVersion: 1,
    at: row.at,
    actor: row.actor,
  };
}

const REQUEST_SCHEMA = 'kedge.request/v1';
const requestSchema = launchRequestSchema
  .omit({ name: true, secrets: true })
  .extend({ schema: z.literal(REQUEST_SCHEMA) })
  .transform(
    ({ taskText, baseDir, envs, plan, models, priority, autoRetune }): RunRequest => ({
      taskText,
      baseDir,
      envs,
      plan,
      ...(models === undefined ? {} : { models }),
      ...(priority === undefined ? {} : { priority }),
      ...(autoRetune === undefined ? {} : { autoRetune }),
    }),
  );

export function requestJson(request: RunRequest): string {
  return JSON.stringify(toWire({ schema: REQUEST_SCHEMA, ...request }));
}

export function requestOfJson(
  json: string,
  { errors, runId }: { readonly errors: StateErrors; readonly runId: string },
): RunRequest {
  const where = { errors, what: `the request of ${runId}` };
  return checked(requestSchema, fromWire(parsed(json, where)), where);
}

type Where = { readonly errors: StateErrors; readonly what: string };

export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { errors, what }: Where,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  throw errors.corrupt({ what: `${what}: ${path}: ${issue?.message}`, cause: result.error });
}

export function parsed(json: string, { errors, what }: Where): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw errors.corrupt({ what: `${what} is no JSON`, cause });
  }
}

export function notFound(runId: string): KedgeError {
  return new KedgeError('run.not-found', `there is no run ${runId}`, {
    hint: 'see `kedge runs` for those there are',
  });
}
