import type { RunKey, Store } from '../ports/store.ts';
import type { RunEvent } from '../spec/event.ts';

const EVENTS_AT_ONCE = 1000;

/** A run's whole log, oldest first. */
export async function readEvents(store: Store, key: RunKey): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const page = await store.pageEvents(key, events.at(-1)?.seq ?? 0, EVENTS_AT_ONCE);
    events.push(...page);
    if (page.length < EVENTS_AT_ONCE) return events;
  }
}
