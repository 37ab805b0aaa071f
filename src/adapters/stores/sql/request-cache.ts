import type { RunKey, RunRequest } from '../../../ports/store.ts';

/** Each may be some 20 KiB large. */
const REQUESTS_MAX = 500;

/** The requests that were asked for last: they never change, and are long to read and check. */
export class RequestCache {
  readonly #known = new Map<string, RunRequest>();

  async get(key: RunKey, read: () => Promise<RunRequest>): Promise<RunRequest> {
    const request = this.#known.get(nameOf(key)) ?? (await read());
    this.put(key, request);
    return request;
  }

  /** The last one again: the first is then the one that was not asked for the longest. */
  put(key: RunKey, request: RunRequest): void {
    const name = nameOf(key);
    this.#known.delete(name);
    const oldest = this.#known.size < REQUESTS_MAX ? undefined : this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, request);
  }
}

function nameOf({ tenantId, runId }: RunKey): string {
  return `${tenantId}/${runId}`;
}
