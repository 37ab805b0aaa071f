import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublishedFiles } from '../../src/ports/model-source.conformance.ts';

/** What a request asked for. */
export type Ask = {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
};

export type HubModel = {
  readonly commit: string;
  readonly files: PublishedFiles;
  /** Of other branches and tags. */
  readonly revisions?: Readonly<Record<string, string>>;
  readonly gated?: boolean;
};

/** Answers a request instead of the hub; false leaves it to the hub. */
export type Instead = (ask: Ask, response: ServerResponse, request: IncomingMessage) => boolean;

export const COMMIT = 'f0a5c4d4e7a3b1c2d3e4f5a6b7c8d9e0f1a2b3c4';

/**
 * A server that speaks as the Hugging Face hub does: the API tells commit and files, small files
 * come directly, large ones from a store behind a redirect with a signed URL, refusals with
 * X-Error-Code. Source: huggingface_hub, file_download.py, utils/_http.py.
 */
export class FakeHub {
  readonly models = new Map<string, HubModel>();
  readonly asks: Ask[] = [];
  instead: Instead = () => false;
  /** The one token that opens what is gated. */
  token = 'hf_good';
  /** False: the store sends whole files whatever is asked. */
  honoursRanges = true;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Publishes a model under main. */
  put(repo: string, files: PublishedFiles, parts: Partial<HubModel> = {}): string {
    this.models.set(repo, { commit: COMMIT, files, ...parts });
    return repo;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { range, authorization } = request.headers;
    const ask = { path: request.url!, range, authorization };
    this.asks.push(ask);
    if (this.instead(ask, response, request)) return;
    const path = ask.path.split('?')[0]!;
    const info = /^\/api\/models\/(.+)\/revision\/([^/]+)$/.exec(path);
    if (info) return this.#sendInfo(response, ask, info[1]!, decodeURIComponent(info[2]!));
    const file = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    if (file)
      return this.#sendFile(response, ask, [file[1]!, file[2]!, decodeURIComponent(file[3]!)]);
    const stored = /^\/store\/(.+)\/([\da-f]{40})\/(.+)$/.exec(path);
    if (stored) {
      const bytes = this.models.get(stored[1]!)!.files[stored[3]!]!;
      return sendBytes(response, Buffer.from(bytes), this.honoursRanges ? range : undefined);
    }
    refuse(response, 404, null);
  }

  #sendInfo(response: ServerResponse, ask: Ask, repo: string, revision: string): void {
    const model = this.models.get(repo);
    if (model === undefined) return this.#refuseMissing(response, ask);
    const revisions = { main: model.commit, [model.commit]: model.commit, ...model.revisions };
    const sha = revisions[revision];
    if (sha === undefined) return refuse(response, 404, 'RevisionNotFound');
    const siblings = Object.keys(model.files).map((rfilename) => ({ rfilename }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ _id: '0', id: repo, sha, siblings }));
  }

  #sendFile(
    response: ServerResponse,
    ask: Ask,
    [repo, commit, file]: [string, string, string],
  ): void {
    const model = this.models.get(repo);
    if (model === undefined) return this.#refuseMissing(response, ask);
    if (model.gated === true && ask.authorization !== `Bearer ${this.token}`)
      return refuse(response, ask.authorization === undefined ? 401 : 403, 'GatedRepo');
    const bytes = model.files[file];
    if (bytes === undefined) return refuse(response, 404, 'EntryNotFound');
    response.setHeader('x-repo-commit', commit);
    if (file.endsWith('.json')) return sendBytes(response, Buffer.from(bytes), ask.range);
    const url = `/store/${repo}/${commit}/${file}?Signature=secret`;
    response.writeHead(302, { location: url, 'x-linked-size': String(bytes.length) }).end();
  }

  /** Who has no token is not told what exists. */
  #refuseMissing(response: ServerResponse, { authorization }: Ask): void {
    refuse(response, authorization === undefined ? 401 : 404, 'RepoNotFound');
  }
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: string | null,
  message?: string,
): void {
  if (code !== null) response.setHeader('x-error-code', code);
  if (message !== undefined) response.setHeader('x-error-message', message);
  response.writeHead(status).end('{"error":"…"}');
}

/** Bytes, or a range of them. Source: RFC 9110, 14. */
function sendBytes(response: ServerResponse, bytes: Buffer, range: string | undefined): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (first === undefined) return void response.end(bytes);
  if (Number(first) >= bytes.length)
    return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  const part = bytes.subarray(Number(first), Number(last) + 1);
  const end = Number(first) + part.length - 1;
  response.setHeader('content-range', `bytes ${first}-${end}/${bytes.length}`);
  response.writeHead(206).end(part);
}
