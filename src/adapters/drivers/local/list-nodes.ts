import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeRef } from '../../../ports/driver.ts';
import { codeOf, readRecord } from './durable-file.ts';
import { directoryAt } from './node-directory.ts';
import type { NodeRecord } from './records.ts';

/** Every node that an installation has put into a data folder, by its directories. */
export async function listNodes(
  dataDir: string,
  installationId: string,
): Promise<readonly NodeRef[]> {
  const refs: NodeRef[] = [];
  const nodes = join(dataDir, 'nodes');
  for (const tenant of await namesIn(nodes)) {
    for (const run of await namesIn(join(nodes, tenant))) {
      for (const name of await namesIn(join(nodes, tenant, run))) {
        const { nodeFile } = directoryAt(join(nodes, tenant, run, name));
        const record = await readRecord<NodeRecord>(nodeFile);
        if (record?.installationId === installationId) refs.push(record.ref);
      }
    }
  }
  return refs;
}

/** Without what begins with a dot: nodes that are only being prepared. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
