import { join } from 'node:path';
import type { NodeRef } from '../../../ports/driver.ts';
import { namesIn } from '../../files/names-in.ts';
import { readRecord } from './durable-file.ts';
import { directoryAt } from './node-directory.ts';
import type { NodeRecord } from './records.ts';

/** Every node that an installation has put into a data folder, by its directories. */
export async function listNodes(
  dataDir: string,
  installationId: string,
): Promise<readonly NodeRef[]> {
  const refs: NodeRef[] = [];
  const nodes = join(dataDir, 'nodes');
  for (const tenant of await shownIn(nodes)) {
    for (const run of await shownIn(join(nodes, tenant))) {
      for (const name of await shownIn(join(nodes, tenant, run))) {
        const { nodeFile } = directoryAt(join(nodes, tenant, run, name));
        const record = await readRecord<NodeRecord>(nodeFile);
        if (record?.installationId === installationId) refs.push(record.ref);
      }
    }
  }
  return refs;
}

/** Without what begins with a dot: nodes that are only being prepared. */
async function shownIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => !name.startsWith('.'));
}
