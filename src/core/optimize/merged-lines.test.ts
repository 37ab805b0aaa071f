import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildOffer } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import { mergedLines } from './merged-lines.ts';

const WAY: Candidate = { offer: buildOffer(), machines: 1, hours: null, throughput: 2 };

describe('lines of a plan', () => {
  it('are one for machines that are hired alike for equally long', () => {
    const other = { ...WAY, offer: buildOffer({ id: 'other' }) };
    const lines = [
      { candidate: WAY, machines: 1, hours: 2 },
      { candidate: other, machines: 1, hours: 2 },
      { candidate: WAY, machines: 3, hours: 2 },
      { candidate: WAY, machines: 1, hours: 1 },
    ];
    assert.deepEqual(
      mergedLines(lines).map(({ candidate, machines, hours }) => [
        candidate.offer.id,
        machines,
        hours,
      ]),
      [
        [WAY.offer.id, 4, 2],
        ['other', 1, 2],
        [WAY.offer.id, 1, 1],
      ],
    );
  });

  it('stay for each share of a mix of requests', () => {
    const way = { ...WAY, serves: { requestsPerSecond: [1], concurrency: 1 } };
    const lines = [1, 2].map((machines) => ({ candidate: way, machines, hours: 1 }));
    assert.equal(mergedLines(lines).length, 2);
  });
});
