import { z } from 'zod';
import { DAY_MS } from '../base/time.ts';
import { type FileSource, type PulledFile, pulledFileSchema } from '../spec/artifact.ts';
import type { Transport } from './transport.ts';

/** The part of the client that is about files of runs. */
export type FileCalls = {
  /** What can be pulled, at a path and below; everything at the empty path. */
  files(
    runId: string,
    query: { readonly source: FileSource; readonly under: string },
  ): Promise<readonly PulledFile[]>;
  /** Bytes from an offset on, as many as one answer takes; none at the end. */
  fileBytes(runId: string, file: FileName, offset: number): Promise<Uint8Array>;
  /** What the whole file is at the server, at this moment. */
  fileHash(
    runId: string,
    file: FileName,
  ): Promise<{ readonly size: number; readonly sha256: string }>;
};

export type FileName = Pick<PulledFile, 'source' | 'allocation' | 'rank' | 'path'>;

const filesSchema = z.object({ files: z.array(pulledFileSchema) });
const hashSchema = z.object({ size: z.number(), sha256: z.string() });

export function fileCalls({ call, ask }: Transport, runs: string): FileCalls {
  return {
    files: async (runId, query) => {
      const path = `${runs}/${runId}/files?${new URLSearchParams(query)}`;
      return (await ask(filesSchema, { method: 'GET', path, waitMs: DAY_MS })).files;
    },
    fileBytes: async (runId, file, offset) => {
      const query = new URLSearchParams({ ...namesOf(file), offset: String(offset) });
      const path = `${runs}/${runId}/files/content?${query}`;
      return (await call({ method: 'GET', path })).bytes;
    },
    fileHash: (runId, file) => {
      const path = `${runs}/${runId}/files/hash?${new URLSearchParams(namesOf(file))}`;
      return ask(hashSchema, { method: 'GET', path, waitMs: DAY_MS });
    },
  };
}

function namesOf({ source, allocation, rank, path }: FileName): Record<string, string> {
  return { source, allocation: String(allocation), rank: String(rank), path };
}
