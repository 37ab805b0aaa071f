import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { checkRoute } from '../verify/verify-routes.ts';
import {
  buildLink,
  buildRouteProblem,
  everyTree,
  randomRouteProblem,
} from './build-network-for-tests.ts';
import { capacitiesOf, type Group, type RouteAnswer } from './route-problem.ts';
import { settle } from './settle.ts';
import { TreeValuer } from './tree-value.ts';

const LIMITED = { a: { ingressKilobitsPerSecond: 8e6, egressKilobitsPerSecond: 4e6 } };
const FAN = [
  buildLink({ from: 'a:0', to: 'b:1', nanosPerGigabyte: 10_000_000 }),
  buildLink({ from: 'a:0', to: 'b:2' }),
];
const CASES = process.env['KEDGE_FULL'] === undefined ? 100 : 5000;

describe('what a route costs', () => {
  it('is egress by the gigabyte, and two machines a region while the slowest link lasts', () => {
    const problem = buildRouteProblem(FAN, { destinations: [1, 2] });
    const settled = settle(
      problem,
      whole([
        {
          tree: new Map([
            [1, 0],
            [2, 0],
          ]),
          partitions: 10,
        },
      ]),
    );
    // 300 GB at 5 Gbit/s are 480 s; three regions, 2 × $0.54/h each.
    assert.deepEqual(
      [settled.egressMicros, settled.vmsMicros, settled.seconds],
      [9_000_000, 432_000, 480],
    );
  });

  it('shares a limit equally by the number of links, where they could carry more than it', () => {
    const { machines } = buildRouteProblem(FAN);
    const limited = { ...machines, limits: LIMITED };
    const problem = buildRouteProblem(FAN, { destinations: [1, 2], machines: limited });
    const answer = whole([
      {
        tree: new Map([
          [1, 0],
          [2, 0],
        ]),
        partitions: 10,
      },
    ]);
    // 10 Gbit/s could leave, 2 × 4 may: 4 for each, 2400 Gbit in 600 s.
    assert.equal(settle(problem, answer).seconds, 600);
    const uneven = FAN.map((link, index) => ({
      ...link,
      kilobitsPerSecond: index === 0 ? 6_000_000 : 2_000_000,
    }));
    const within = buildRouteProblem(uneven, { destinations: [1, 2], machines: limited });
    // 8 Gbit/s may leave and could: nothing is cut, and the slower one takes 1200 s.
    const { links, seconds } = settle(within, answer);
    assert.deepEqual([seconds, links[0]!.seconds], [1200, 400]);
  });

  it('counts a link that partitions of two trees take once for each partition', () => {
    const links = [...FAN, buildLink({ from: 'b:1', to: 'b:2', nanosPerGigabyte: 1_000_000 })];
    const problem = buildRouteProblem(links, { destinations: [1, 2] });
    const settled = settle(
      problem,
      whole([
        {
          tree: new Map([
            [1, 0],
            [2, 0],
          ]),
          partitions: 4,
        },
        {
          tree: new Map([
            [1, 0],
            [2, 1],
          ]),
          partitions: 6,
        },
      ]),
    );
    const costs = settled.links.map(({ load, costMicros }) => [load, costMicros]);
    assert.deepEqual(costs, [
      [10, 3_000_000],
      [4, 2_400_000],
      [6, 180_000],
    ]);
    assert.equal(settled.seconds, 480);
  });

  it('is by shares what all links of a region together may carry', () => {
    const links = [...FAN, buildLink({ from: 'b:1', to: 'b:2' })];
    const { machines } = buildRouteProblem(links);
    const problem = buildRouteProblem(links, { machines: { ...machines, limits: LIMITED } });
    const settled = settle(problem, {
      split: 'shares',
      parts: 4,
      groups: [
        { tree: new Map([[2, 0]]), partitions: 3 },
        {
          tree: new Map([
            [1, 0],
            [2, 1],
          ]),
          partitions: 1,
        },
      ],
    });
    // Three quarters at 5 Gbit/s would take 360 s; all of it at 8 takes 300.
    assert.equal(settled.seconds, 360);
  });

  it('grows with machines, which move more in proportion: twice as many cost the same', () => {
    const random = seededRandom(3);
    const problem = randomRouteProblem(random, { regions: 4, destinations: 2 });
    const groups = [{ tree: everyTree(problem)[0]!, partitions: problem.partitions }];
    const { machines } = problem;
    const twice = { ...problem, machines: { ...machines, perRegion: machines.perRegion * 2 } };
    const answer = { split: 'partitions', parts: problem.partitions, groups } as const;
    const [one, other] = [settle(problem, answer), settle(twice, answer)];
    assert.ok(Math.abs(one.costMicros - other.costMicros) <= one.regions.length);
    assert.ok(Math.abs(one.seconds - 2 * other.seconds) < 1e-5);
  });

  it('is the same to the checker, which counts otherwise, and nearly so to the search', () => {
    const random = seededRandom(11);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 5, destinations: 3 });
      const trees = everyTree(problem);
      const groups: Group[] = [];
      for (let left = problem.partitions; left > 0; left--)
        groups.push({ tree: trees[Math.floor(random() * trees.length)]!, partitions: 1 });
      const answer: RouteAnswer = { split: 'partitions', parts: problem.partitions, groups };
      const settled = settle(problem, answer);
      const { costMicros, egressMicros, vmsMicros, seconds } = settled;
      assert.deepEqual(checkRoute(problem, answer), {
        costMicros,
        egressMicros,
        vmsMicros,
        seconds,
      });
      const value = new TreeValuer(problem, capacitiesOf(problem)).value(groups);
      const micros = (value.total * problem.bytes) / 1e9 / 1000;
      assert.ok(Math.abs(micros - costMicros) <= settled.links.length + settled.regions.length);
      assert.equal(value.regions, settled.regions.length);
    }
  });
});

function whole(groups: readonly Group[]): RouteAnswer {
  return { split: 'partitions', parts: 10, groups };
}
