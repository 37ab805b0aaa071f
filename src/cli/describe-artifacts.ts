import { formatBytes } from '../base/units.ts';
import type { Client } from '../sdk/client.ts';
import type { Run } from '../spec/run.ts';
import type { Json } from '../spec/wire.ts';

/** What a run has left and how to get it, as the last line of what is followed; else null. */
export async function keptLine(client: Client, { runId }: Run): Promise<string | null> {
  const files = await client.files(runId, { source: 'artifact', under: '' });
  if (files.length === 0) return null;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `kedge: kept ${countOf(files.length, bytes)}: kedge pull ${runId.slice(-8)}\n`;
}

/** The words of an event that tells what was kept; empty for any other. */
export function keptWords({ files, bytes, note }: Readonly<Record<string, Json>>): string {
  if (typeof files !== 'number' || typeof bytes !== 'number') return '';
  return [files === 0 ? '' : countOf(files, bytes), note].filter(Boolean).join('; ');
}

function countOf(files: number, bytes: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'} (${formatBytes(bytes)})`;
}
