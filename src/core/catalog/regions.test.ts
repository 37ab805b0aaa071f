import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jurisdictionOf } from './regions.ts';

describe('jurisdictions', () => {
  it('Frankfurt is German, in the Union and in the EEA, at whichever provider', () => {
    const german = { country: 'DE', blocs: ['DE', 'EU', 'EEA'] };
    assert.deepEqual(jurisdictionOf('aws', 'eu-central-1'), german);
    assert.deepEqual(jurisdictionOf('azure', 'germanywestcentral'), german);
    assert.deepEqual(jurisdictionOf('gcp', 'europe-west3'), german);
    assert.deepEqual(jurisdictionOf('stackit', 'eu-de'), german);
  });

  it('"eu" or "europe" in a name does not make a region one of the Union', () => {
    for (const [provider, region] of [
      ['aws', 'eu-central-2'],
      ['gcp', 'europe-west6'],
      ['azure', 'switzerlandnorth'],
      ['infomaniak', 'ch-gva'],
    ] as const)
      assert.deepEqual(jurisdictionOf(provider, region).blocs, ['CH'], region);
    for (const [provider, region] of [
      ['aws', 'eu-west-2'],
      ['gcp', 'europe-west2'],
      ['alibaba', 'eu-west-1'],
    ] as const)
      assert.deepEqual(jurisdictionOf(provider, region).blocs, ['GB', 'UK'], region);
  });

  it('Norway and Iceland are in the EEA without the Union', () => {
    assert.deepEqual(jurisdictionOf('azure', 'norwayeast').blocs, ['NO', 'EEA']);
    assert.deepEqual(jurisdictionOf('nebius', 'eu-north2').blocs, ['IS', 'EEA']);
  });

  it('a region named in full wins over how its name begins', () => {
    assert.equal(jurisdictionOf('alibaba', 'cn-hongkong').country, 'HK');
    assert.equal(jurisdictionOf('alibaba', 'cn-beijing').country, 'CN');
  });

  it('new regions of a country are known by how their names begin', () => {
    assert.equal(jurisdictionOf('aws', 'us-east-9').country, 'US');
    assert.equal(jurisdictionOf('azure', 'japancentral').country, 'JP');
    assert.equal(jurisdictionOf('vast', 'us-texas').country, 'US');
    assert.equal(jurisdictionOf('vast', 'ro').country, 'RO');
  });

  it('a union can be known where the country is not', () => {
    assert.deepEqual(jurisdictionOf('hetzner', 'eu'), { country: null, blocs: ['EU', 'EEA'] });
  });

  it('what is not known belongs nowhere, and so satisfies no residency', () => {
    const unknown = { country: null, blocs: [] };
    assert.deepEqual(jurisdictionOf('aws', null), unknown);
    assert.deepEqual(jurisdictionOf('aws', 'atlantis-1'), unknown);
    assert.deepEqual(jurisdictionOf('ovh', 'eu'), unknown, 'it may be London');
    assert.deepEqual(jurisdictionOf('nobody', 'us-east-1'), unknown);
    assert.deepEqual(jurisdictionOf('constructor', 'name'), unknown);
    assert.deepEqual(jurisdictionOf('hetzner', 'constructor'), unknown);
    assert.deepEqual(jurisdictionOf('aws', 'AE'), unknown, 'a country is no region');
  });
});
