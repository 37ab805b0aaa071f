import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { componentFile } from '../../tools/cluster/components.ts';
import type { ClusterUser } from '../../tools/cluster/control-plane.ts';
import { clusterObstacle } from '../../tools/cluster/obstacle.ts';
import { askApi, until } from './api-client.ts';

const skip = clusterObstacle() ?? false;
const ARTICLE = join(import.meta.dirname, '../../../shared/data/manifests/article.yaml');

type Status = { readonly message: string; readonly reason: string };

describe('the API server', { skip, timeout: 300_000 }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(async () => {
    await cluster.stop();
    assert.deepEqual(cluster.leftovers(), []);
  });

  async function ask(path: string, body?: string, user: ClusterUser = 'admin') {
    const reply = await askApi(cluster, path, { user, ...(body === undefined ? {} : { body }) });
    return { ...reply, json: () => JSON.parse(reply.text) as Status };
  }

  it('is ready, and of the version that the table says', async () => {
    assert.equal((await ask('/readyz')).text, 'ok');
    assert.match((await ask('/version')).text, /"gitVersion": "v1\.36\.3"/);
  });

  it('lets a user do only what was allowed, and keeps a record of each request', async () => {
    assert.equal((await ask('/api/v1/namespaces/default/pods', undefined, 'kedge')).status, 403);
    const audit = cluster.audit('kedge');
    assert.deepEqual(
      audit.map(({ verb, requestURI, responseStatus }) => [verb, requestURI, responseStatus?.code]),
      [['list', '/api/v1/namespaces/default/pods', 403]],
    );
  });

  it('learns the kind JobSet, and checks its fields', async () => {
    const crds = readFileSync(componentFile('jobset', 'crds.yaml'), 'utf8');
    const kinds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    assert.equal((await ask(kinds, crds)).status, 201);
    const path = '/apis/jobset.x-k8s.io/v1alpha2/namespaces/default/jobsets';
    await until('kind JobSet', 30_000, async () =>
      (await ask(path)).status === 200 ? true : null,
    );
    const jobSet = (spec: object): string =>
      stringify({
        apiVersion: 'jobset.x-k8s.io/v1alpha2',
        kind: 'JobSet',
        metadata: { name: 'gang' },
        spec,
      });
    const wrong = await ask(`${path}?fieldValidation=Strict`, jobSet({ gang: true }));
    assert.match(wrong.json().message, /unknown field "spec\.gang"/);
    const right = await ask(`${path}?fieldValidation=Strict`, jobSet({ suspend: true }));
    assert.equal(right.status, 201, right.text);
  });

  describe('asked to be strict with the manifests of the founding article', () => {
    const there = existsSync(ARTICLE);
    const options = { skip: there ? false : 'there is no ../shared/data/manifests' };
    const all = there ? readFileSync(ARTICLE, 'utf8') : '';
    // It has nothing between them that would make documents of them.
    const [pod, service, deployment] = all.split(/\n(?=apiVersion:)/);
    const STRICT = 'fieldValidation=Strict&dryRun=All';

    const UNKNOWN = /no kind "Deployment" is registered for version "v1"/;

    it('reads them in one file as the last of them', options, async () => {
      const reply = await ask(`/api/v1/namespaces/default/pods?${STRICT}`, all);
      assert.equal(reply.status, 400);
      assert.match(reply.json().message, UNKNOWN);
    });

    it('refuses the Pod for a field that pods do not have', options, async () => {
      const reply = await ask(`/api/v1/namespaces/default/pods?${STRICT}`, pod);
      assert.equal(reply.status, 400);
      assert.match(reply.json().message, /unknown field "spec\.volumeMounts"/);
    });

    it('takes the Service', options, async () => {
      const reply = await ask(`/api/v1/namespaces/default/services?${STRICT}`, service);
      assert.equal(reply.status, 201, reply.text);
    });

    it('knows no Deployment of version v1', options, async () => {
      const core = await ask(`/api/v1/namespaces/default/deployments?${STRICT}`, deployment);
      assert.equal(core.status, 404);
      const apps = await ask(`/apis/apps/v1/namespaces/default/deployments?${STRICT}`, deployment);
      assert.equal(apps.status, 400);
      assert.match(apps.json().message, UNKNOWN);
    });
  });
});
