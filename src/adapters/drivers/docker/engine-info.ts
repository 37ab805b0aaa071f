import { request } from 'node:http';
import { z } from 'zod';
import { GIB } from '../../../base/units.ts';
import { tenths } from '../shared/probe-gpus.ts';
import { hanging, noReply } from './engine-error.ts';
import { PING_MS_MAX } from './engine-pulse.ts';

/** The machine of an engine, which is a virtual one where Docker Desktop runs. */
export type EngineInfo = {
  readonly version: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  /** It can hand NVIDIA devices to containers. */
  readonly hasNvidia: boolean;
};

const infoSchema = z.object({
  ServerVersion: z.string(),
  NCPU: z.number().positive(),
  MemTotal: z.number().positive(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * What an engine says of itself (Docker Engine API, `GET /info`). Asked without dockerode, whose
 * import takes longer than the rest of a plan (260 ms). Errors: `driver.no-reply`.
 */
export async function engineInfo(socketPath: string, answerMsMax: number): Promise<EngineInfo> {
  // Some take their time for what they know; one that hangs must not be given as much.
  await getText({ socketPath, path: '/_ping' }, Math.min(PING_MS_MAX, answerMsMax));
  const text = await getText({ socketPath, path: '/info' }, answerMsMax);
  const found = infoSchema.safeParse(jsonOf(text));
  if (!found.success) throw noReply(socketPath, 'it does not answer as an engine does');
  const { ServerVersion, NCPU, MemTotal, Runtimes } = found.data;
  return {
    version: ServerVersion,
    vcpus: NCPU,
    memoryGib: tenths(MemTotal / GIB),
    hasNvidia: Object.hasOwn(Runtimes ?? {}, 'nvidia'),
  };
}

async function getText(
  where: { readonly socketPath: string; readonly path: string },
  answerMsMax: number,
): Promise<string> {
  const signal = AbortSignal.timeout(answerMsMax);
  try {
    return await new Promise<string>((resolve, reject) => {
      const asked = request({ ...where, signal, headers: { host: 'engine' } }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        reply.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  } catch (cause) {
    throw signal.aborted ? hanging(where.socketPath) : noReply(where.socketPath, cause);
  }
}

/** Null for what is no JSON: an engine that is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
