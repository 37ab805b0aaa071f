import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { buildLink } from './build-network-for-tests.ts';
import { findRegion } from './find-region.ts';
import { networkOf } from './network.ts';

const NETWORK = networkOf([
  buildLink({ from: 'aws:us-east-1', to: 'gcp:us-central1-a' }),
  buildLink({ from: 'azure:eastus', to: 'gcp:us-west1-a' }),
  buildLink({ from: 'azure:eastus', to: 'gcp:us-west1-b' }),
]);

describe('a region', () => {
  it('is found by its name, however it is spelt', () => {
    const at = NETWORK.regions.indexOf('aws:us-east-1');
    for (const name of ['aws:us-east-1', ' AWS:us-east-1', 'aws/us-east-1'])
      assert.equal(findRegion(NETWORK, name), at);
  });

  it('stands for the one zone that the grid has of it', () => {
    assert.equal(
      findRegion(NETWORK, 'gcp:us-central1'),
      NETWORK.regions.indexOf('gcp:us-central1-a'),
    );
  });

  it('is refused with its zones where the grid has several', () => {
    assert.deepEqual(refusal('gcp:us-west1'), {
      message: 'the grid has several zones in gcp:us-west1',
      hint: 'name one: gcp:us-west1-a or gcp:us-west1-b',
    });
  });

  it('is refused with the closest names where the grid has none', () => {
    assert.match(refusal('aws:us-eest-1').hint!, /^the closest are aws:us-east-1$/);
    assert.match(refusal('azure:us-central1').hint!, /gcp:us-central1-a/);
    assert.match(refusal('azure:nowhere').hint!, /^the closest are azure:eastus$/);
    assert.match(refusal('mars').hint!, /^regions are named provider:region, as aws:us-east-1/);
  });
});

function refusal(name: string) {
  try {
    findRegion(NETWORK, name);
  } catch (error) {
    assert.ok(error instanceof KedgeError && error.code === 'spec.bad-value');
    return { message: error.message, hint: error.hint };
  }
  return assert.fail(`${name} is found`);
}
