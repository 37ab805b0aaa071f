import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deliveryFolder } from './delivery-folder.ts';

describe('where artifacts are brought to', () => {
  it('is a folder of this machine, or a bucket elsewhere', () => {
    assert.equal(deliveryFolder('../results'), '../results');
    assert.equal(deliveryFolder('/data/results'), '/data/results');
    assert.equal(deliveryFolder('file:///data/my%20results'), '/data/my results');
    for (const to of ['s3://bucket/results', 'gs://b', 'https://x/y', 'file://host/x']) {
      assert.equal(deliveryFolder(to), null, to);
    }
  });
});
