import assert from 'node:assert/strict';
import { it } from 'node:test';
import type Docker from 'dockerode';
import { useOf } from './sample-container.ts';

/** The parts of an answer of `GET /containers/{id}/stats` that count, as the engines write them. */
function stats(parts: object): Docker.ContainerStats {
  return {
    cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
    memory_stats: { usage: 300, stats: { inactive_file: 100 } },
    ...parts,
  } as unknown as Docker.ContainerStats;
}
const limits = { cores: 2, memoryBytes: 1000 };

it('what a container uses is that of its processes, without the cache of its files', () => {
  const io = [
    { op: 'Read', value: 5 },
    { op: 'write', value: 7 },
    { op: 'Read', value: 6 },
  ];
  const use = useOf(
    stats({
      blkio_stats: { io_service_bytes_recursive: io },
      networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
    }),
    limits,
  );
  assert.deepEqual(use, {
    cpuMs: 2500,
    memoryBytes: 200,
    memoryLimitBytes: 1000,
    cpuLimitCores: 2,
    diskReadBytes: 11,
    diskWriteBytes: 7,
    netRxBytes: 11,
    netTxBytes: 22,
  });
});

it('what an engine does not tell is unknown, not zero', () => {
  const use = useOf(stats({ blkio_stats: { io_service_bytes_recursive: null } }), limits);
  assert.deepEqual([use.diskReadBytes, use.netRxBytes], [null, null]);
});

it('the cache is also known by the name that version 1 of cgroups has for it', () => {
  const memory = { usage: 300, stats: { total_inactive_file: 50 } };
  assert.equal(useOf(stats({ memory_stats: memory }), limits).memoryBytes, 250);
});
