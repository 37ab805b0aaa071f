import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, asRate } from '../base/money.ts';
import type { RoutePlan } from '../spec/route.ts';
import { describeRoute } from './describe-route.ts';

const edge = (from: string, to: string) => ({
  from,
  to,
  partitions: [0, 1],
  share: 1,
  gigabytes: 100,
  gigabitsPerSecond: 4,
  seconds: 200,
  usdPerGigabyte: 0.02,
  costMicros: asMicros(2_000_000),
});
const PLAN: RoutePlan = {
  schema: 'kedge.route/v1',
  from: 'aws:a',
  to: ['aws:b', 'aws:c'],
  gigabytes: 100,
  partitions: 2,
  withinS: null,
  vmsPerRegion: 2,
  vmNanosPerHour: asRate(540_000_000),
  costMicros: asMicros(6_240_000),
  egressMicros: asMicros(6_000_000),
  vmsMicros: asMicros(240_000),
  seconds: 200,
  bound: { micros: asMicros(6_240_000), egressMicros: asMicros(6_000_000), proof: 'dp' },
  gap: 0,
  edges: [edge('aws:a', 'gcp:r'), edge('gcp:r', 'aws:b'), edge('gcp:r', 'aws:c')],
  trees: [
    {
      partitions: [0, 1],
      share: 1,
      edges: [
        { from: 'aws:a', to: 'gcp:r' },
        { from: 'gcp:r', to: 'aws:b' },
        { from: 'gcp:r', to: 'aws:c' },
      ],
    },
  ],
  regions: ['aws:a', 'gcp:r', 'aws:b', 'aws:c'],
  baselines: { direct: { costMicros: asMicros(9_000_000), seconds: 400 }, dijkstra: null },
  frontier: [],
};
const LAYOUT = { wide: false, columns: 80 };

describe('a route in words', () => {
  it('draws the tree, with what each branch costs and which regions are only on the way', () => {
    assert.deepEqual(describeRoute(PLAN, LAYOUT).split('\n'), [
      '$6.24 in 3m 20s: 100 GB from aws:a to 2 regions',
      '',
      'TO           GB   $/GB  $',
      'aws:a',
      '└─ gcp:r     100  0.02  $2.00  on the way',
      '   ├─ aws:b  100  0.02  $2.00',
      '   └─ aws:c  100  0.02  $2.00',
      '',
      'egress $6.00, machines $0.24 (2 at $0.54/h in each of 4 regions)',
      'slowest: aws:a to gcp:r, 100 GB at 4 Gbit/s',
      'no route costs less, which is proven; egress alone is at least $6.00',
      'straight from the source: $9.00 in 6m 40s',
      '',
    ]);
  });

  it('names the partitions of each of several trees, and the shares of paths', () => {
    const [tree] = PLAN.trees;
    const trees = [
      { ...tree!, partitions: [0], share: 0.5 },
      { ...tree!, partitions: [1], share: 0.5 },
    ];
    const text = describeRoute({ ...PLAN, trees }, LAYOUT);
    assert.match(text, /^partition 0 \(of 0 to 1\), way 1 of 2$/m);
    assert.match(text, /└─ gcp:r {5}50 {2}0.02 {2}\$1.00/);
    const shares = trees.map((one) => ({ ...one, partitions: null }));
    assert.match(describeRoute({ ...PLAN, trees: shares }, LAYOUT), /^50 %, way 2 of 2$/m);
  });

  it('tells how fast each link is, where lines may be wide', () => {
    const text = describeRoute(PLAN, { wide: true, columns: Infinity });
    assert.match(text, /^TO {11}GB {3}\$\/GB {2}\$ {6}GBIT\/S$/m);
    assert.match(text, /└─ gcp:r {5}100 {2}0\.02 {2}\$2\.00 {2}4 {7}on the way$/m);
  });

  it('says how far the bound is, where it is not reached, and lists the frontier', () => {
    const bound = { ...PLAN.bound, micros: asMicros(6_177_600) };
    const frontier = [{ costMicros: asMicros(7_000_000), seconds: 100 }];
    const text = describeRoute({ ...PLAN, bound, gap: 0.01, frontier }, LAYOUT);
    assert.match(text, /no route costs less than \$6\.18, which is proven: 1\.00 % from it;/);
    assert.match(text, /\nWITHIN {2}COSTS\n1m 40s {2}\$7\.00\n$/);
  });
});
