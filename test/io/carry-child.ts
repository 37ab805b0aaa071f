/**
 * Carries one checkpoint after the other, `node carry-child.ts DATA COUNT`, until it is killed or
 * done. Tells on stdout what it is about to do: `carry RANK`, `put`, `commit`.
 */
import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { containerFiles } from '../../src/adapters/drivers/docker/container-files.ts';
import { carryCheckpoint } from '../../src/engine/carry-files.ts';
import type { NodeFiles } from '../../src/ports/node-files.ts';
import { buildCarry } from './carry-places.ts';

const [dataDir, count] = [process.argv[2]!, Number(process.argv[3])];
const tell = (line: string): void => void writeSync(1, `${line}\n`);
const files = containerFiles(dataDir);
const to: NodeFiles = {
  ...files,
  putChunk: async (...chunk) => {
    tell('put');
    return files.putChunk(...chunk);
  },
  commitTransfer: async (...call) => {
    tell('commit');
    return files.commitTransfer(...call);
  },
};
for (let rank = 0; rank < count; rank++) {
  const done = join(dataDir, `carried-${rank}`);
  if (existsSync(done)) continue;
  tell(`carry ${rank}`);
  const { chunks } = await carryCheckpoint(buildCarry(dataDir, rank, { to }));
  writeFileSync(done, String(chunks));
}
