import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { fixFile } from '../../src/app/manifests.ts';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { clusterObstacle } from '../../tools/cluster/obstacle.ts';
import { askApi } from './api-client.ts';

const skip = clusterObstacle() ?? false;
const ROOT = join(import.meta.dirname, '..', '..');
const BROKEN = join(ROOT, 'test', 'manifests', 'broken');
const EXAMPLE = join(ROOT, 'examples', 'broken-manifests', 'serving.yaml');
const ARTICLE = join(ROOT, '..', 'shared', 'data', 'manifests', 'article.yaml');

type Manifest = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string };
};
type Resource = { readonly name: string; readonly kind: string; readonly namespaced: boolean };

describe('broken manifests', { skip, timeout: 300_000 }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(async () => {
    await cluster.stop();
    assert.deepEqual(cluster.leftovers(), []);
  });

  const ask = (path: string, body?: string) =>
    askApi(cluster, path, body === undefined ? {} : { body });

  /** Why the API server would not create an object, to the last field; null where it would. */
  async function refusalOf(manifest: Manifest): Promise<string | null> {
    const { apiVersion = '', kind = '', metadata } = manifest;
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = await ask(base);
    if (found.status !== 200) return `nothing in ${apiVersion}`;
    const { resources = [] } = JSON.parse(found.text) as { readonly resources?: Resource[] };
    const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (resource === undefined) return `no kind ${kind} in ${apiVersion}`;
    const namespace = metadata?.namespace ?? 'default';
    if (resource.namespaced) await ask('/api/v1/namespaces', namespaceOf(namespace));
    const place = resource.namespaced ? `/namespaces/${namespace}` : '';
    const path = `${base}${place}/${resource.name}?dryRun=All&fieldValidation=Strict`;
    const reply = await ask(path, JSON.stringify(manifest));
    return reply.status === 201 ? null : reply.text;
  }

  async function refusals(text: string): Promise<readonly string[]> {
    const found: string[] = [];
    // As the API server reads YAML: `yes` is true.
    for (const document of parseAllDocuments(text, { version: '1.1' })) {
      const refusal =
        document.errors.length > 0
          ? document.errors[0]!.message
          : await refusalOf(document.toJS() as Manifest);
      if (refusal !== null) found.push(refusal);
    }
    return found;
  }

  const files = readdirSync(BROKEN).map((name) => join(BROKEN, name));
  for (const file of [...files, EXAMPLE, ARTICLE]) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const missing = existsSync(file) ? false : `${name} is not beside the checkout`;
    it(`${name} is refused as it is, and taken once it is repaired`, {
      skip: missing,
    }, async () => {
      const text = readFileSync(file, 'utf8');
      assert.notDeepEqual(await refusals(text), []);
      const repaired = await fixFile({ file, text }, undefined);
      assert.deepEqual(await refusals(repaired.after), []);
    });
  }
});

function namespaceOf(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
