import type { Driver } from '../../../ports/driver.ts';
import { loadOnce } from './load-once.ts';

/** What a driver does to nodes; the rest of it tells what it could launch. */
export type NodeCalls = Pick<
  Driver,
  'create' | 'observe' | 'stop' | 'readLog' | 'sample' | 'exec' | 'list'
>;

/** Nodes whose code is loaded when somebody asks for one. */
export function lazyNodes(load: () => Promise<NodeCalls>): NodeCalls {
  const loaded = loadOnce(load);
  return {
    create: async (...call) => (await loaded()).create(...call),
    observe: async (...call) => (await loaded()).observe(...call),
    stop: async (...call) => (await loaded()).stop(...call),
    readLog: async (...call) => (await loaded()).readLog(...call),
    sample: async (...call) => (await loaded()).sample(...call),
    async *exec(...call) {
      yield* (await loaded()).exec(...call);
    },
    list: async (...call) => (await loaded()).list(...call),
  };
}
