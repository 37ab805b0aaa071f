import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { routesOf } from './network.ts';
import { networkFile, networkInFile } from './network-file.ts';
import { readGrid } from './read-grid.ts';

const HEADER = 'src,dst,throughput_gbps,egress_usd_per_gb';
const SOURCE = { id: 'x', asOf: '2022-11', licence: 'none', attribution: 'us' };

describe('a grid', () => {
  it('gives regions in the order of their names, prices and throughput to the digit', () => {
    const network = readGrid(
      `${HEADER}\nb:y,a:x,4.432660,0.1470\na:x,b:y,0.166330,0.0200\n`,
      'grid.csv',
    );
    assert.deepEqual(network.regions, ['a:x', 'b:y']);
    assert.deepEqual([...network.nanosPerGigabyte], [Infinity, 20_000_000, 147_000_000, Infinity]);
    assert.deepEqual([...network.kilobitsPerSecond], [0, 166_330, 4_432_660, 0]);
  });

  it('may have its columns in another order, and others beside them', () => {
    const network = readGrid(
      'note,egress_usd_per_gb,dst,src,throughput_gbps\r\nhi,0.5,b:y,a:x,2\r\n',
      'grid.csv',
    );
    assert.equal(network.nanosPerGigabyte[1], 500_000_000);
    assert.equal(network.kilobitsPerSecond[1], 2_000_000);
  });

  it('has no link where nothing passes, and none from a region to itself', () => {
    const network = readGrid(`${HEADER}\na:x,b:y,0,0.1\na:x,a:x,9,0\na:x,c:z,1,0`, 'grid.csv');
    assert.deepEqual(network.regions, ['a:x', 'c:z']);
  });

  it('names the line and the column of what it does not understand', () => {
    const faults: readonly [string, RegExp, string][] = [
      [
        'src,dst,egress_usd_per_gb\n',
        /^grid.csv:1: there is no column throughput_gbps$/,
        'spec.syntax',
      ],
      [`${HEADER}\na:x,b:y,1\n`, /^grid.csv:2: a line of 3 cells under 4 columns$/, 'spec.syntax'],
      [`${HEADER}\n\na:x,b:y,fast,1\n`, /^grid.csv:3: throughput_gbps is "fast"/, 'spec.bad-value'],
      [`${HEADER}\na:x,b:y,1,-1\n`, /^grid.csv:2: egress_usd_per_gb is "-1"/, 'spec.bad-value'],
      [`${HEADER}\n,b:y,1,1\n`, /^grid.csv:2: a region is empty$/, 'spec.bad-value'],
      [`${HEADER}\na:x,b:y,1,1\na:x,b:y,2,1\n`, /a:x to b:y is there twice$/, 'spec.bad-value'],
      [`${HEADER}\n`, /^grid.csv: it has no links$/, 'spec.bad-value'],
    ];
    for (const [text, message, code] of faults) {
      assert.throws(
        () => readGrid(text, 'grid.csv'),
        (error) =>
          error instanceof KedgeError && error.code === code && message.test(error.message),
        text,
      );
    }
  });

  it('comes back from the file that comes with the package as it was', () => {
    const network = readGrid(
      `${HEADER}\na:x,b:y,1.5,0.02\nb:y,c:z,2,0\nc:z,a:x,3,0.02`,
      'grid.csv',
    );
    const text = JSON.stringify(networkFile(network, SOURCE));
    assert.deepEqual(networkInFile(JSON.parse(text)), network);
  });

  it('gives routes between places as the catalog names them', () => {
    const network = readGrid(`${HEADER}\ngcp:us-east1-b,aws:us-east-1,1.5,0.12`, 'grid.csv');
    assert.deepEqual(routesOf(network), [
      {
        from: 'gcp/us-east1',
        to: 'aws/us-east-1',
        nanosPerGigabyte: 120_000_000,
        gigabitsPerSecond: 1.5,
      },
    ]);
  });
});
