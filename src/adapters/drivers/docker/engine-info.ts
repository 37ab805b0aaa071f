import { request } from 'node:http';
import { z } from 'zod';
import { GIB } from '../../../base/units.ts';
import { tenths } from '../shared/probe-gpus.ts';
import { noReply } from './engine-error.ts';

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
  const where = { socketPath, path: '/info' };
  const found = infoSchema.safeParse(await getJson(where, answerMsMax));
  if (!found.success) throw noReply(socketPath, 'it does not answer as an engine does');
  const { ServerVersion, NCPU, MemTotal, Runtimes } = found.data;
  return {
    version: ServerVersion,
    vcpus: NCPU,
    memoryGib: tenths(MemTotal / GIB),
    hasNvidia: Object.hasOwn(Runtimes ?? {}, 'nvidia'),
  };
}

async function getJson(
  where: { readonly socketPath: string; readonly path: string },
  answerMsMax: number,
): Promise<unknown> {
  const signal = AbortSignal.timeout(answerMsMax);
  try {
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request({ ...where, signal, headers: { host: 'engine' } }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        reply.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
    return JSON.parse(text);
  } catch (cause) {
    throw noReply(where.socketPath, cause);
  }
}
