import type { NodeFiles } from '../../../ports/node-files.ts';

/** Files whose code is loaded when somebody asks for one: `kedge plan` has no time for it. */
export function lazyFiles(load: () => Promise<NodeFiles>): NodeFiles {
  let loading: Promise<NodeFiles> | undefined;
  const loaded = (): Promise<NodeFiles> => {
    loading ??= load();
    return loading;
  };
  return {
    list: async (...call) => (await loaded()).list(...call),
    read: async (...call) => (await loaded()).read(...call),
    openTransfer: async (...call) => (await loaded()).openTransfer(...call),
    putChunk: async (...call) => (await loaded()).putChunk(...call),
    commitTransfer: async (...call) => (await loaded()).commitTransfer(...call),
    dropCheckpoint: async (...call) => (await loaded()).dropCheckpoint(...call),
  };
}
