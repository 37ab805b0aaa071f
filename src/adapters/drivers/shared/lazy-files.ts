import type { NodeFiles } from '../../../ports/node-files.ts';
import { loadOnce } from './load-once.ts';

/** Files whose code is loaded when somebody asks for one. */
export function lazyFiles(load: () => Promise<NodeFiles>): NodeFiles {
  const loaded = loadOnce(load);
  return {
    list: async (...call) => (await loaded()).list(...call),
    read: async (...call) => (await loaded()).read(...call),
    openTransfer: async (...call) => (await loaded()).openTransfer(...call),
    putChunk: async (...call) => (await loaded()).putChunk(...call),
    commitTransfer: async (...call) => (await loaded()).commitTransfer(...call),
    dropCheckpoint: async (...call) => (await loaded()).dropCheckpoint(...call),
  };
}
