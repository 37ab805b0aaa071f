import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCatalog } from '../src/adapters/feeds/columnar.ts';
import { columnsFrom } from '../src/adapters/feeds/columns-from.ts';
import type { CatalogColumns } from '../src/spec/catalog.ts';
import type { PriceRow } from '../src/spec/offer.ts';
import { alibabaList } from './catalog/alibaba.ts';
import { awsList, awsSpotByZone } from './catalog/aws.ts';
import { azureList } from './catalog/azure.ts';
import { euClouds, euGpuClouds } from './catalog/eu-clouds.ts';
import { gcpList, gcpTpus } from './catalog/gcp.ts';
import { cloudGpus, gpuMarket, gpuOffers, gpuSingles } from './catalog/gpu-clouds.ts';
import { gpuInstances } from './catalog/gpu-instances.ts';
import { type Merged, merge } from './catalog/merge.ts';
import type { ExchangeRates } from './catalog/sources.ts';
import { sourcesPage } from './catalog/sources-page.ts';

const CATALOG = join(import.meta.dirname, '..', 'catalog');

/**
 * Compiles the price lists in a folder (`node tools/build-catalog.ts ../shared/data/prices`) into
 * catalog/bundled.kcat and catalog/SOURCES.md. The same lists give the same files.
 */
function main(folder: string): void {
  const { merged, columns, rates } = buildCatalog(folder);
  const bytes = encodeCatalog(columns);
  writeFileSync(join(CATALOG, 'bundled.kcat'), bytes);
  writeFileSync(join(CATALOG, 'SOURCES.md'), sourcesPage(merged, rates));
  const aside = merged.quarantined.length;
  process.stderr.write(`${columns.rows} offers, ${aside} set aside, ${bytes.length} bytes\n`);
}

/** The catalog that the lists in a folder make. */
export function buildCatalog(folder: string): {
  readonly merged: Merged;
  readonly columns: CatalogColumns;
  readonly rates: ExchangeRates;
} {
  const rates = readRates();
  const merged = merge([
    ...awsList(folder),
    ...awsSpotByZone(folder),
    ...azureList(folder),
    ...gcpList(folder),
    ...gcpTpus(folder),
    ...alibabaList(folder, rates),
    ...euClouds(folder, rates),
    ...euGpuClouds(folder, rates),
    ...gpuInstances(folder),
    ...gpuOffers(folder),
    ...gpuMarket(folder),
    ...cloudGpus(folder),
    ...gpuSingles(folder),
  ]);
  return { merged, columns: columnsFrom(merged.rows.toSorted(byMachine)), rates };
}

function readRates(): ExchangeRates {
  return JSON.parse(readFileSync(join(CATALOG, 'exchange-rates.json'), 'utf8'));
}

/** Machines of one type lie together: runs of equal values take no room in the file. */
function byMachine(one: PriceRow, other: PriceRow): number {
  const [a, b] = [sortKey(one), sortKey(other)];
  return a < b ? -1 : Number(a > b);
}

function sortKey({ provider, instance, accelerator, acceleratorCount, ...row }: PriceRow): string {
  const machine = `${accelerator}\t${acceleratorCount}\t${instance}`;
  return `${provider}\t${machine}\t${row.spot}\t${row.region}\t${row.zone}`;
}

if (import.meta.main) main(process.argv[2] ?? '../shared/data/prices');
