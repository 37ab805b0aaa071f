/** One node among those of an attempt. */
export type GangMember = {
  readonly runId: string;
  readonly allocation: number;
  readonly attempt: number;
  readonly rank: number;
  /** Nodes of the attempt. */
  readonly size: number;
};

const LOOPBACK = '127.0.0.1';
/** Below those that Linux gives to whoever asks for any: ip_local_port_range, 32768 and up. */
const PORT_FIRST = 20_000;
const PORT_COUNT = 12_000;

/**
 * What a node is told of itself and the others, by Kedge's own names, by those of SkyPilot's task
 * files, and where the nodes meet. All nodes of a gang on one machine meet on its loopback address.
 * Source: SkyPilot documentation, "Distributed multi-node jobs" (SKYPILOT_NODE_RANK,
 * SKYPILOT_NUM_NODES, SKYPILOT_NODE_IPS).
 */
export function gangEnvs(member: GangMember): Record<string, string> {
  const { runId, attempt } = member;
  const [rank, size] = [String(member.rank), String(member.size)];
  return {
    KEDGE_RUN_ID: runId,
    KEDGE_ATTEMPT: String(attempt),
    KEDGE_NODE_RANK: rank,
    KEDGE_NUM_NODES: size,
    SKYPILOT_TASK_ID: runId,
    SKYPILOT_NODE_RANK: rank,
    SKYPILOT_NUM_NODES: size,
    SKYPILOT_NODE_IPS: Array.from({ length: member.size }, () => LOOPBACK).join('\n'),
    MASTER_ADDR: LOOPBACK,
    MASTER_PORT: masterPort(member),
  };
}

/**
 * What PyTorch reads in a gang, for both ways to start it, and which a task may set otherwise.
 * `env://` wants RANK, WORLD_SIZE and the address in a program that is started once a node; with
 * LOCAL_RANK it finds its device. `torchrun` on each node takes what it is not told on its command
 * line from PET_NNODES and the like (not from MASTER_ADDR: without them every gang of a machine
 * would meet at port 29500), and sets the others anew for the processes that it starts. Where a
 * task has one node, RANK would make it look like a part of something. Sources: PyTorch,
 * torch/distributed/rendezvous.py (_env_rendezvous_handler), run.py and argparse_util.py (env).
 */
export function pytorchEnvs(member: GangMember): Record<string, string> {
  if (member.size === 1) return {};
  const [rank, size] = [String(member.rank), String(member.size)];
  return {
    RANK: rank,
    WORLD_SIZE: size,
    LOCAL_RANK: '0',
    LOCAL_WORLD_SIZE: '1',
    PET_NNODES: size,
    PET_NODE_RANK: rank,
    PET_MASTER_ADDR: LOOPBACK,
    PET_MASTER_PORT: masterPort(member),
  };
}

/** One port for each attempt, the same for all its nodes: FNV-1a over its name. */
function masterPort({ runId, allocation, attempt }: GangMember): string {
  const name = `${runId}/${allocation}/${attempt}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return String(PORT_FIRST + (hash % PORT_COUNT));
}
