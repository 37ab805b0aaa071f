import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PUBLISHED_ROUTES } from '../../bench/instances/route-instances.ts';
import { KedgeHome } from './kedge-home.ts';

const GRID = `src,dst,throughput_gbps,egress_usd_per_gb
x:one,x:two,4,0.10
x:one,x:three,4,0.10
x:two,x:three,4,0.01
x:three,x:two,4,0.01
`;
const KEYS = [
  'schema',
  'from',
  'to',
  'gigabytes',
  'partitions',
  'within_s',
  'vms_per_region',
  'vm_usd_per_hour',
  'cost_usd',
  'egress_usd',
  'vms_usd',
  'seconds',
  'bound',
  'gap',
  'edges',
  'trees',
  'regions',
  'baselines',
  'frontier',
];

type WireRoute = {
  readonly schema: string;
  readonly cost_usd: number;
  readonly egress_usd: number;
  readonly seconds: number;
  readonly bound: { readonly usd: number; readonly egress_usd: number };
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly partitions: readonly number[] | null;
    readonly share: number;
  }[];
  readonly frontier: readonly { readonly cost_usd: number; readonly seconds: number }[];
};

describe('kedge route', () => {
  let home: KedgeHome;
  let grid: string;
  before(() => {
    home = new KedgeHome();
    grid = home.file('grid.csv', GRID);
  });
  after(() => home.close());

  async function route(...options: readonly string[]): Promise<WireRoute> {
    const { code, stdout, stderr } = await home.run(['route', ...options, '-o', 'json']);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as WireRoute;
  }

  it('costs no more than one exact tree does for the published instances, and proves how little', async () => {
    for (const [name, most, floor] of [
      ['intra-aws', 58.01, 57],
      ['inter-agz', 162.06, 160.5],
    ] as const) {
      const { from, to } = PUBLISHED_ROUTES[name];
      const ends = ['--from', from, '--to', to.join(',')];
      const found = await route(...ends, '--size', '300GB', '--time-limit', '1m');
      assert.ok(found.cost_usd <= most, `${name}: ${found.cost_usd}`);
      assert.equal(found.bound.egress_usd, floor);
      assert.ok(found.bound.usd > floor && found.bound.usd <= found.cost_usd);
      for (let part = 0; part < 10; part++)
        assert.deepEqual(reached(found, from, part, to), to, `partition ${part}`);
    }
  });

  it('answers programs with the keys that they rely on, over a grid of their own', async () => {
    const ends = ['--from', 'x:one', '--to', 'x:two,x:three'];
    const found = await route(...ends, '--size', '100GB', '--grid', grid);
    assert.equal(found.schema, 'kedge.route/v1');
    assert.deepEqual(Object.keys(found).toSorted(), KEYS.toSorted());
    assert.equal(found.egress_usd, 11);
    assert.deepEqual(found.frontier, []);
  });

  it('takes a price for each time where it may, and the cheapest that keeps the time asked for', async () => {
    const ends = ['--from', 'x:one', '--to', 'x:two', '--size', '100GB', '--grid', grid];
    const { frontier } = await route(...ends, '--pareto');
    assert.ok(frontier.length > 1);
    const [fastest] = frontier;
    const hurried = await route(...ends, '--within', `${Math.ceil(fastest!.seconds)}s`);
    assert.ok(hurried.seconds <= Math.ceil(fastest!.seconds));
    assert.equal(hurried.edges.length, 3);
    assert.deepEqual(new Set(hurried.edges.map(({ partitions }) => partitions)), new Set([null]));
  });

  it('draws trees that fit a terminal of 80 columns, and says what it was weighed against', async () => {
    const { from, to } = PUBLISHED_ROUTES['inter-agz'];
    const ends = ['--from', from, '--to', to.join(',')];
    const args = ['route', ...ends, '--size', '300GB', '--time-limit', '1m'];
    const { code, stdout, stderr } = await home.run(args);
    assert.equal(code, 0, stderr);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(stdout, /^\$161\.\d\d in .*: 300 GB from gcp:asia-southeast1-a to 6 regions$/m);
    assert.match(stdout, /└─ gcp:asia-east1-a .* on the way$/m);
    assert.match(stdout, /^straight from the source: \$332\.16 in /m);
    assert.match(stderr, /^note: prices and throughput of 2022-11; --grid takes newer ones$/m);
  });

  it('says what is wrong with a region, a time, a size or a grid', async () => {
    const ends = ['--from', 'aws:us-east-1', '--to', 'gcp:us-central1'];
    const faults: readonly [readonly string[], RegExp, number][] = [
      [[...ends.with(3, 'gcp:us-centrl1'), '--size', '1GB'], /closest are gcp:us-central1-a/, 2],
      [[...ends.with(3, 'aws:us-east-1'), '--size', '1GB'], /is where the data is already/, 2],
      [[...ends, '--size', 'much'], /--size cannot be much/, 2],
      [[...ends, '--size', '1TB', '--within', '1m'], /no route takes as little as 1m/, 1],
      [[...ends, '--size', '1GB', '--grid', 'none.csv'], /there is no file none.csv/, 2],
      [[...ends, '--size', '1GB', '--limits', 'aws=5'], /--limits cannot be aws=5/, 2],
      [[...ends, '--size', '1GB', '--limits', 'asw=5/5'], /did you mean aws\?/, 2],
    ];
    for (const [args, message, exit] of faults) {
      const { code, stdout, stderr } = await home.run(['route', ...args]);
      assert.deepEqual([code, stdout], [exit, ''], stderr);
      assert.match(stderr, message);
    }
  });
});

/** Of the destinations, those that a partition reaches over the edges that it passes. */
function reached(
  { edges }: WireRoute,
  from: string,
  part: number,
  to: readonly string[],
): readonly string[] {
  const seen = new Set([from]);
  for (let known = 0; known < seen.size; ) {
    known = seen.size;
    for (const edge of edges) {
      if (edge.partitions?.includes(part) && seen.has(edge.from)) seen.add(edge.to);
    }
  }
  return to.filter((region) => seen.has(region));
}
