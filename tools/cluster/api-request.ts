import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Access } from './kubeconfig.ts';

export type ApiReply = {
  readonly status: number;
  readonly text: string;
};

type Body = { readonly type: string; readonly text: string };

const ANSWER_MS_MAX = 10_000;

/** One request to the API server, as the bearer of a token; any status is an answer. */
export function requestApi(
  access: Access & { readonly token: string },
  method: string,
  path: string,
  body?: Body,
): Promise<ApiReply> {
  const { server, caFile, token } = access;
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = body.type;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const options = { method, headers, signal, ca: readFileSync(caFile), agent: false as const };
    const sent = request(new URL(path, server), options, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
      reply.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body?.text);
  });
}
