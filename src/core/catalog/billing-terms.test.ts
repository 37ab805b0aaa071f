import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { billingTerms } from './billing-terms.ts';

const ANY = { instance: null, accelerator: null };

describe('billing terms', () => {
  it('AWS and Google bill by the second, at least a minute', () => {
    for (const provider of ['aws', 'gcp'])
      assert.deepEqual(billingTerms({ ...ANY, provider }), { incrementS: 1, minimumS: 60 });
  });

  it('a started hour at Hetzner is an hour', () => {
    assert.deepEqual(billingTerms({ ...ANY, provider: 'hetzner' }), {
      incrementS: 3600,
      minimumS: 3600,
    });
  });

  it('bare metal of Oracle is billed for an hour at least, its virtual machines for a minute', () => {
    const minimum = (instance: string) =>
      billingTerms({ provider: 'oci', instance, accelerator: 'H100' }).minimumS;
    assert.equal(minimum('BM.GPU.H100.8'), 3600);
    assert.equal(minimum('VM.GPU.A10.1'), 60);
  });

  it('Scaleway bills a machine with a device by the minute, others by the hour', () => {
    const increment = (accelerator: string | null) =>
      billingTerms({ provider: 'scaleway', instance: 'x', accelerator }).incrementS;
    assert.equal(increment('L4'), 60);
    assert.equal(increment(null), 3600);
  });

  it('where no terms are known nothing is rounded up', () => {
    for (const provider of ['nobody', 'constructor', 'azure'])
      assert.deepEqual(billingTerms({ ...ANY, provider }), { incrementS: 1, minimumS: 0 });
  });
});
