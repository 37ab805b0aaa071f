import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { NetworkFile } from '../src/core/optimize/routes/network-file.ts';
import { networkInFile } from '../src/core/optimize/routes/network-file.ts';
import { buildNetwork } from './build-network.ts';

const CATALOG = join(import.meta.dirname, '..', 'catalog');

describe('the network that comes with the package', () => {
  const text = readFileSync(join(CATALOG, 'network.json'), 'utf8');
  const { regions, nanosPerGigabyte, kilobitsPerSecond } = networkInFile(
    JSON.parse(text) as NetworkFile,
  );

  it('is what the tool makes of its own links, with the page that names their source', () => {
    const lines = regions.flatMap((from, row) =>
      regions.flatMap((to, column) => {
        const at = row * regions.length + column;
        if (kilobitsPerSecond[at] === 0) return [];
        return `${from},${to},${kilobitsPerSecond[at]! / 1e6},${nanosPerGigabyte[at]! / 1e9}`;
      }),
    );
    const csv = ['src,dst,throughput_gbps,egress_usd_per_gb', ...lines].join('\n');
    const { json, page } = buildNetwork(csv, 'network.json');
    assert.equal(json, text);
    assert.equal(page, readFileSync(join(CATALOG, 'NETWORK.md'), 'utf8'));
  });

  it('is small, and knows every pair of its regions', () => {
    assert.ok(text.length < 100_000);
    assert.equal(regions.length, 71);
    const links = kilobitsPerSecond.filter((measured) => measured > 0);
    assert.equal(links.length, 71 * 70);
  });
});
