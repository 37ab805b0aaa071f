import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { readTraces } from './read-traces.ts';
import { availabilityOf } from './trace.ts';

const HEADER =
  'kind,nodes_requested,cloud,zone,instance,start_date,gap_s,offset_s,duration_s,available_count';
const CSV = `${HEADER}
availability,2,aws,us-east-2b,v100_1,2023-08-27,300,0,600,2
availability,2,aws,us-east-2b,v100_1,2023-08-27,300,600,300,0
preemption,1,aws,us-east-1b,intel_64,2023-04-19,34,0,68,1
availability,1,aws,us-west-2a,k80_1,2022-10-26,600,0,600,1
`;

function refusal(text: string): string {
  try {
    readTraces('trace', text);
  } catch (error) {
    assert.ok(error instanceof KedgeError && error.code === 'trace.invalid', String(error));
    return error.message;
  }
  return assert.fail('it was read');
}

describe('reading traces', () => {
  it('reads the counts of a JSON trace, and says when enough could be had', () => {
    const text = '{"metadata": {"gap_seconds": 0.5e3, "x": 1}, "data": [0, 1, 4, 2.5]}';
    const [trace, ...others] = readTraces('a.json', text);
    assert.equal(others.length, 0);
    assert.deepEqual([trace!.name, trace!.tickMs, trace!.asked], ['a.json', 500_000, null]);
    assert.deepEqual([...availabilityOf(trace!, 1)], [0, 1, 1, 1]);
    assert.deepEqual([...availabilityOf(trace!, 2.5)], [0, 0, 1, 1]);
  });

  it('reads runs of equal counts of each place of a CSV file, but not of kind preemption', () => {
    const traces = readTraces('traces.csv', CSV);
    assert.deepEqual(
      traces.map(({ name, tickMs, counts, asked }) => [name, tickMs, [...counts], asked]),
      [
        ['2 × aws/us-east-2b v100_1 2023-08-27', 300_000, [2, 2, 0], 2],
        ['aws/us-west-2a k80_1 2022-10-26', 600_000, [1], 1],
      ],
    );
  });

  it('says what is wrong, and where', () => {
    assert.match(refusal('{"metadata": {}, "data": [1]}'), /gap_seconds is no number/);
    assert.match(refusal('{"metadata": {"gap_seconds": 0}, "data": [1]}'), /too short/);
    assert.match(refusal('{"metadata": {"gap_seconds": 60}, "data": []}'), /no list of counts/);
    assert.match(refusal('{"metadata": {"gap_seconds": 60}, "data": [1, null]}'), /data\[1\]/);
    assert.match(refusal('{"metadata": '), /no JSON/);
    assert.match(refusal('a,b\n1,2\n'), /no column kind/);
    assert.match(refusal(`${HEADER}\n`), /no trace of kind availability/);
    assert.match(refusal(CSV.replace(',600,300,0', ',900,300,0')), /line 3 does not begin where/);
    assert.match(refusal(CSV.replace(',600,300,0', ',600,450,0')), /no whole number of ticks/);
    assert.match(refusal(CSV.replace(',600,300,0', ',600,300,-1')), /line 3: available_count/);
  });
});
