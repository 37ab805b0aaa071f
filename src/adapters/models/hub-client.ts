import { KedgeError } from '../../base/errors.ts';
import { type Slice, unreadable } from './model-place.ts';

type Ask = {
  /** Path and query below the endpoint. */
  readonly path: string;
  readonly slice: Slice;
  /** True where all that is there is wanted, and the slice is only how much may come. */
  readonly isWhole?: boolean;
  /** For this one, beside that of all. */
  readonly deadline?: AbortSignal;
};

export type HubOptions = {
  readonly endpoint: URL;
  /** Null without one. */
  readonly token: string | null;
  /** Ends whatever is under way, with its reason. */
  readonly signal: AbortSignal;
  /** When all answers have to be there. */
  readonly deadline: AbortSignal;
  readonly fetch: typeof fetch;
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** To a renamed model, to a region, to the store of large files. */
const REDIRECTS_MAX = 5;

/**
 * Asks a hub for files, or the first bytes of them, and never for more than was asked. Redirects
 * lead to https only, or on the endpoint's own host; the token goes to the endpoint alone, as the
 * stores of large files are others' and their URLs signed.
 */
export class HubClient {
  readonly #options: HubOptions;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Where a path is, for people. */
  shown(path: string): string {
    return this.#url(path).href;
  }

  /**
   * Bytes of what lies at a path, fewer only at its end; the answer itself where it is a refusal.
   * Errors: `model.unreachable` without an answer, and for one that never ends; `model.unreadable`
   * for one that leads astray; the reason of the signal.
   */
  async slice({ path, slice, isWhole = false, deadline }: Ask): Promise<Uint8Array | Response> {
    const { signal, deadline: last } = this.#options;
    const all = [signal, last, ...(deadline === undefined ? [] : [deadline])];
    const range = isWhole ? null : slice;
    try {
      const response = await this.#follow(path, { range, signal: AbortSignal.any(all) });
      if (response.status === 416) return await emptied(response);
      if (!response.ok) {
        await response.body?.cancel();
        return response;
      }
      return await bodyOf(response, { slice, shown: this.shown(path) });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw cause instanceof KedgeError ? cause : this.#unreachable(cause);
    }
  }

  #url(path: string): URL {
    const { endpoint } = this.#options;
    return new URL(`${endpoint.origin}${endpoint.pathname.replace(/\/+$/, '')}${path}`);
  }

  async #follow(
    path: string,
    { range, signal }: { readonly range: Slice | null; readonly signal: AbortSignal },
  ): Promise<Response> {
    let url = this.#url(path);
    for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
      const headers = this.#headers(url, range);
      const response = await this.#options.fetch(url, { headers, redirect: 'manual', signal });
      const location = response.headers.get('location');
      if (!REDIRECTS.has(response.status) || location === null) return response;
      await response.body?.cancel();
      url = this.#next(location, { from: url, shown: this.shown(path) });
    }
    throw unreadable(this.shown(path), `it is redirected more than ${REDIRECTS_MAX} times`);
  }

  #next(location: string, { from, shown }: { readonly from: URL; readonly shown: string }): URL {
    const next = URL.parse(location, from.href);
    const { origin } = this.#options.endpoint;
    const isSafe = next?.protocol === 'https:' || next?.origin === origin;
    if (next === null || !isSafe || next.username !== '' || next.password !== '')
      throw unreadable(shown, 'it is redirected to where it is not safe to follow');
    return next;
  }

  #headers(url: URL, range: Slice | null): Record<string, string> {
    const { token, endpoint } = this.#options;
    const isTrusted = url.origin === endpoint.origin && isPrivate(url);
    return {
      'user-agent': 'kedge',
      ...(range === null
        ? {}
        : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
      ...(token !== null && isTrusted ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  #unreachable(cause: unknown): KedgeError {
    const { host } = this.#options.endpoint;
    return new KedgeError('model.unreachable', `${host} ${whyNot(cause)}`, { cause });
  }
}

/** Nobody on the way can read along. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function whyNot(cause: unknown): string {
  const { name, cause: inner } = cause as Error;
  if (name === 'TimeoutError') return 'did not answer in time';
  const { code } = (inner ?? {}) as NodeJS.ErrnoException;
  return `cannot be reached${code === undefined ? '' : ` (${code})`}`;
}

async function emptied(response: Response): Promise<Uint8Array> {
  await response.body?.cancel();
  return new Uint8Array(0);
}

/** What was asked of a body, which may be the whole file where ranges are not honoured. */
async function bodyOf(
  response: Response,
  { slice, shown }: { readonly slice: Slice; readonly shown: string },
): Promise<Uint8Array> {
  const start = startOf(response);
  if (start !== 0 && start !== slice.offset) {
    await response.body?.cancel();
    throw unreadable(shown, `byte ${slice.offset} was asked for, byte ${start} came`);
  }
  const skipped = slice.offset - start;
  const wanted = skipped + slice.length;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= wanted) break;
  }
  return Buffer.concat(chunks).subarray(skipped, wanted);
}

/** The place of the first byte of a body. Source: RFC 9110, 14.4. */
function startOf(response: Response): number {
  if (response.status !== 206) return 0;
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return start === undefined ? Number.NaN : Number(start);
}
