import type { HubClient } from './hub-client.ts';
import { COMMIT, type HubId, isSafePath } from './hub-id.ts';
import { refusal } from './hub-refusal.ts';
import { type ModelPlace, unreadable } from './model-place.ts';

/** A list of files and a commit; the largest models have some thousand files. */
const INFO_BYTES_MAX = 4 * 1024 * 1024;

/**
 * One model on a hub.
 * Errors of its methods: what `refusal` makes of an answer, and those of `HubClient`.
 */
export class HubRepo {
  readonly #id: HubId;
  readonly #client: HubClient;
  readonly #host: string;
  readonly #hasToken: boolean;

  constructor(
    id: HubId,
    hub: { readonly client: HubClient; readonly host: string; readonly hasToken: boolean },
  ) {
    this.#id = id;
    this.#client = hub.client;
    this.#host = hub.host;
    this.#hasToken = hub.hasToken;
  }

  /** Where a person looks at it. */
  page(commit?: string): string {
    const { repo, file } = this.#id;
    if (commit === undefined) return this.#client.shown(`/${repo}`);
    const path = file === null ? `tree/${commit}` : `blob/${commit}/${encoded(file)}`;
    return this.#client.shown(`/${repo}/${path}`);
  }

  /** Which commit the revision is, and its files. */
  async info(withinMs: number): Promise<{ commit: string; names: readonly string[] }> {
    const { repo, revision } = this.#id;
    const query = 'expand=sha&expand=siblings';
    const path = `/api/models/${repo}/revision/${encodeURIComponent(revision)}?${query}`;
    const slice = { offset: 0, length: INFO_BYTES_MAX + 1 };
    const deadline = AbortSignal.timeout(withinMs);
    const bytes = await this.#bytes({ path, slice, isWhole: true, deadline });
    const info = bytes.length > INFO_BYTES_MAX ? null : readInfo(bytes);
    if (info === null) throw unreadable(this.#client.shown(path), 'it tells no commit and files');
    return info;
  }

  /** Its files at a commit. */
  place(commit: string, names: readonly string[]): ModelPlace {
    const pathOf = (name: string): string => `/${this.#id.repo}/resolve/${commit}/${encoded(name)}`;
    return {
      names,
      shown: (name) => this.#client.shown(pathOf(name)),
      readSlice: (name, slice) => this.#bytes({ path: pathOf(name), slice }),
    };
  }

  async #bytes(ask: Parameters<HubClient['slice']>[0]): Promise<Uint8Array> {
    const answer = await this.#client.slice(ask);
    if (answer instanceof Uint8Array) return answer;
    throw refusal(answer, {
      id: this.#id,
      host: this.#host,
      page: this.page(),
      shown: this.#client.shown(ask.path),
      hasToken: this.#hasToken,
    });
  }
}

function readInfo(bytes: Uint8Array): { commit: string; names: readonly string[] } | null {
  let info: unknown;
  try {
    info = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  const { sha, siblings } = (info ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof sha !== 'string' || !COMMIT.test(sha) || !Array.isArray(siblings)) return null;
  const names = siblings.map((one: { readonly rfilename?: unknown } | null) => one?.rfilename);
  return {
    commit: sha,
    names: names.filter((name): name is string => typeof name === 'string' && isSafePath(name)),
  };
}

function encoded(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
