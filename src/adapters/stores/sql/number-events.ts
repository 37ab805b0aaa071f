import type { EpochMs } from '../../../base/time.ts';
import type { RunKey } from '../../../ports/store.ts';
import type { NewEvent, RunEvent } from '../../../spec/event.ts';
import type { Run } from '../../../spec/run.ts';

/** Events, and whose words they are. */
export type Said = { readonly actor: string; readonly events: readonly NewEvent[] };

export function numberEvents(
  { tenantId, runId }: RunKey,
  { lastSeq, at, actor, events }: Said & { readonly lastSeq: number; readonly at: EpochMs },
): readonly RunEvent[] {
  return events.map((event, index) => {
    const seq = lastSeq + index + 1;
    return { ...storable(event), tenantId, runId, seq, schemaVersion: 1, at, actor };
  });
}

/**
 * What a task or a place says may have characters that no database keeps as they are: half a
 * surrogate pair, and in PostgreSQL the NUL. They are replaced before the fold sees them.
 */
function storable(event: NewEvent): NewEvent {
  const data = Object.entries(event.data).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  ]);
  return { type: event.type, data: Object.fromEntries(data) } as NewEvent;
}

/** Told once for each reason, and not of a run that has something running. */
export function waitingEvents({ attempts, state, reason }: Run, why: string): readonly NewEvent[] {
  if (attempts.some((attempt) => attempt.state !== 'ended')) return [];
  if (state === 'queued' && reason === why) return [];
  return [{ type: 'run.queued', data: { reason: why } }];
}
