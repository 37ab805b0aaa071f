import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { encodeCatalog } from '../../src/adapters/feeds/columnar.ts';
import { usdPerUnit } from '../../src/base/money.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import type { Offer } from '../../src/spec/offer.ts';
import { buildCatalog } from '../../tools/build-catalog.ts';
import { sourcesPage } from '../../tools/catalog/sources-page.ts';

/**
 * Holds the committed catalog against the price lists that it was made of (`npm run
 * catalog:verify`). They lie beside the repository, where its owners keep them, not in it.
 */
const ROOT = join(import.meta.dirname, '..', '..');
const LISTS = join(ROOT, '..', 'shared', 'data', 'prices');
const skip = existsSync(LISTS) ? false : `the price lists are not there: ${LISTS}`;
const SAMPLE = 300;

/** Read apart from the tool's own reader: a fault of one shows in the other. */
type Cells = Readonly<Record<string, string>>;

function linesOf(file: string): Cells[] {
  const [header, ...lines] = readFileSync(join(LISTS, file), 'utf8').trimEnd().split(/\r?\n/);
  const names = header!.split(',');
  return lines
    .filter((line) => !line.includes('"'))
    .map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
}

function sampleOf<T>(values: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  return Array.from({ length: SAMPLE }, () => values[Math.floor(random() * values.length)]!);
}

/** Prices in the catalog are whole micro-dollars. */
function assertUsd(offer: Offer | undefined, usd: number, what: string): asserts offer is Offer {
  assert.ok(offer, `${what} is missing`);
  const off = Math.abs(usdPerUnit(offer.nanosPerHour) - usd);
  assert.ok(off < 1e-6, `${what} is at ${usdPerUnit(offer.nanosPerHour)}, the list says ${usd}`);
}

describe('the bundled catalog against its price lists', { skip }, () => {
  let built: ReturnType<typeof buildCatalog>;
  let offersById: ReadonlyMap<string, Offer>;
  let setAside: ReadonlySet<string>;
  before(async () => {
    built = buildCatalog(LISTS);
    const offers = offersFrom(await bundledFeed().load());
    offersById = new Map(offers.map((offer) => [offer.id, offer]));
    setAside = new Set(
      built.merged.quarantined.map(
        ({ quote: { provider, region, instance } }) => `${provider}/${region}/-/${instance}`,
      ),
    );
  });

  it('is byte for byte what the tool makes of them', () => {
    const committed = readFileSync(join(ROOT, 'catalog', 'bundled.kcat'));
    assert.equal(Buffer.compare(encodeCatalog(built.columns), committed), 0);
  });

  it('and so is the page of its sources', () => {
    const committed = readFileSync(join(ROOT, 'catalog', 'SOURCES.md'), 'utf8');
    assert.equal(sourcesPage(built.merged, built.rates), committed);
  });

  it('next to nothing is set aside, and each with a reason', () => {
    const { quarantined, rows } = built.merged;
    assert.ok(quarantined.length < rows.length / 1000, `${quarantined.length}`);
    for (const { why } of quarantined) assert.ok(why.length > 10);
  });

  for (const list of [
    {
      provider: 'aws',
      file: 'aws_ec2_linux_2026-07.csv',
      type: 'instance_type',
      spot: 'spot_avg_usd_h',
    },
    {
      provider: 'azure',
      file: 'azure_vm_linux_2026-06.csv',
      type: 'instance_type',
      spot: 'spot_usd_h_2026-08-22',
    },
    {
      provider: 'gcp',
      file: 'gcp_gce_2026-07-30.csv',
      type: 'machine_type',
      spot: 'spot_usd_h',
    },
  ]) {
    it(`says of ${list.provider} what its list says: prices, sizes and devices`, () => {
      for (const line of sampleOf(linesOf(list.file), 42)) {
        const id = `${list.provider}/${line['region']}/-/${line[list.type]}`;
        if (setAside.has(id)) continue;
        const offer = offersById.get(`${id}/on-demand`);
        assertUsd(offer, Number(line['ondemand_usd_h']), id);
        assert.deepEqual(
          [offer.vcpus, offer.memoryGib],
          [Number(line['vcpus']), Number(line['memory_gib'])],
          id,
        );
        assert.equal(offer.acceleratorCount, Number(line['accelerator_count']), id);
        assert.equal(offer.accelerator === null, line['accelerator'] === '', id);
        const spot = line[list.spot] ?? '';
        if (spot === '')
          assert.equal(offersById.has(`${id}/spot`), false, `${id} has no spot price`);
        else assertUsd(offersById.get(`${id}/spot`), Number(spot), `${id}/spot`);
      }
    });
  }

  it('turned the yuan of Alibaba into dollars at the committed rate', () => {
    const rate = built.rates.usdPerUnit['CNY']!;
    for (const line of sampleOf(linesOf('alibaba_ecs_2024-10.csv'), 7)) {
      const id = `alibaba/${line['region']}/-/${line['instance_type']}/on-demand`;
      assertUsd(offersById.get(id), Number(line['ondemand_cny_h']) * rate, id);
    }
  });

  it('turned the euros of European clouds into dollars, and left their dollars alone', () => {
    const lines = linesOf('eu_clouds_cpu_2026.csv').filter(({ cloud }) => cloud !== 'nebius');
    for (const line of sampleOf(lines, 11)) {
      const { cloud, region, instance_type: instance, currency } = line;
      const rate = currency === 'EUR' ? built.rates.usdPerUnit['EUR']! : 1;
      const id = `${cloud}/${region === 'global' ? '-' : region}/-/${instance}/on-demand`;
      assertUsd(offersById.get(id), Number(line['price_h']) * rate, id);
    }
  });

  it('has each quote of the newest list of GPU clouds at its price, times its count', () => {
    const names: Readonly<Record<string, string>> = {
      datacrunch: 'verda',
      'jarvis-labs': 'jarvislabs',
      'packet-ai': 'packetai',
      'thunder-compute': 'thundercompute',
      'vast-ai': 'vast',
    };
    const offers = [...offersById.values()];
    const elsewhere = new Set(['aws', 'azure', 'gcp', 'modal', 'tensordock']);
    const lines = linesOf('gpu_clouds_offers_2026-08-22.csv')
      .filter(({ cloud }) => !elsewhere.has(cloud!))
      .filter(({ cloud, gpu }) => `${cloud} ${gpu}` !== 'nebius l40s')
      // SXM and PCIe of these share a name, and the cheaper one is the offer.
      .filter(({ gpu }) => !/^(a100|v100)-sxm/.test(gpu!));
    const missing = lines.filter((line) => {
      const provider = names[line['cloud']!] ?? line['cloud']!.replaceAll('-', '');
      const usd = Number(line['usd_gpu_h']);
      return !offers.some(
        (offer) =>
          offer.provider === provider &&
          offer.acceleratorCount >= 1 &&
          Math.abs(usdPerUnit(offer.nanosPerHour) / offer.acceleratorCount - usd) < 1e-5,
      );
    });
    // Its spot price is above its price on demand, and so set aside (catalog/SOURCES.md).
    assert.deepEqual(
      missing.map(({ cloud, gpu, kind }) => `${cloud} ${gpu} ${kind}`),
      ['spheron l40s spot'],
    );
  });
});
