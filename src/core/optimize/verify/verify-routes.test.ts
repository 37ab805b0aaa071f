import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import {
  buildLink,
  buildRouteProblem,
  everyTree,
  randomRouteProblem,
} from '../routes/build-network-for-tests.ts';
import type {
  BottleneckPrice,
  RouteAnswer,
  RouteCertificate,
  RouteProblem,
} from '../routes/route-problem.ts';
import { egressFloor, routeBound } from './verify-route-bound.ts';
import { checkRoute } from './verify-routes.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 40 : 2000;
const CHAIN = buildRouteProblem(
  [
    buildLink({ from: 'a:0', to: 'a:1' }),
    buildLink({ from: 'a:1', to: 'a:2' }),
    buildLink({ from: 'a:2', to: 'a:1' }),
    buildLink({ from: 'a:0', to: 'a:3' }),
  ],
  { destinations: [1, 2] },
);
const WAY = new Map([
  [1, 0],
  [2, 1],
]);

describe('the checker of routes', () => {
  it('finds the cost and the time of a route that is one', () => {
    assert.deepEqual(checkRoute(CHAIN, whole(WAY)), {
      costMicros: 12_432_000,
      egressMicros: 12_000_000,
      vmsMicros: 432_000,
      seconds: 480,
    });
  });

  it('refuses a route that misses a destination, a link or a part, or runs in a circle', () => {
    const faults: readonly [RegExp, RouteAnswer][] = [
      [/a:2 is not reached/, whole(new Map([[1, 0]]))],
      [
        /a link that the grid does not have/,
        whole(
          new Map([
            [1, 0],
            [2, 0],
          ]),
        ),
      ],
      [
        /runs in a circle/,
        whole(
          new Map([
            [1, 2],
            [2, 1],
          ]),
        ),
      ],
      [
        /nothing enters the source/,
        whole(
          new Map([
            [0, 1],
            [1, 0],
            [2, 1],
          ]),
        ),
      ],
      [
        /a branch leads to no destination/,
        whole(
          new Map([
            [1, 0],
            [2, 1],
            [3, 0],
          ]),
        ),
      ],
      [/9 of 10 parts have a way/, { ...whole(WAY), groups: [{ tree: WAY, partitions: 9 }] }],
      [
        /5 parts are not the 10/,
        { ...whole(WAY), parts: 5, groups: [{ tree: WAY, partitions: 5 }] },
      ],
    ];
    for (const [message, answer] of faults) assert.throws(() => checkRoute(CHAIN, answer), message);
  });
});

describe('the bound of routes', () => {
  it('is what the only route costs, where there is one', () => {
    assert.equal(routeBound(CHAIN, certificate([])), 12_432_000);
    assert.equal(egressFloor(CHAIN), 12_000_000);
  });

  it('is what the only route costs, over a region on the way, whose machines count as well', () => {
    const links = [buildLink({ from: 'a:0', to: 'a:1' }), buildLink({ from: 'a:1', to: 'a:2' })];
    const problem = buildRouteProblem(links);
    const { costMicros } = checkRoute(problem, whole(WAY));
    assert.equal(routeBound(problem, certificate([])), costMicros);
  });

  it('holds at whatever prices, within a time too', () => {
    const random = seededRandom(17);
    for (let round = 0; round < CASES; round++) {
      const drawn = randomRouteProblem(random, { regions: 4, destinations: 2 });
      const trees = everyTree(drawn).map((tree) => whole(tree, drawn.partitions));
      const routes = trees.map((answer) => checkRoute(drawn, answer));
      const times = routes.map(({ seconds }) => seconds).toSorted((one, other) => one - other);
      const withinS = random() < 0.5 ? null : times[Math.floor(random() * times.length)]! + 1e-6;
      const problem = { ...drawn, withinS };
      const kept = routes.filter(({ seconds }) => withinS === null || seconds <= withinS);
      const least = Math.min(...kept.map(({ costMicros }) => costMicros));
      const bound = routeBound(problem, {
        ...certificate(anyPrices(problem, random)),
        straight: anyPrices(problem, random),
        relayed: anyPrices(problem, random),
      });
      // Each of the lines of a bill may be rounded down by half a micro-dollar.
      assert.ok(bound <= least + 5, `round ${round}: ${bound} > ${least}`);
    }
  });

  it('holds with more destinations than subsets can be formed of, and is not far off', () => {
    // A chain of twelve: the only tree, of which cuts charge every link.
    const names = Array.from({ length: 13 }, (_, index) => `a:${String(index).padStart(2, '0')}`);
    const links = names.slice(1).map((to, index) => buildLink({ from: names[index]!, to }));
    const chain = names.slice(1).map((_, index) => index + 1);
    const problem = buildRouteProblem(links, { destinations: chain });
    const tree = new Map(chain.map((to) => [to, to - 1]));
    assert.equal(routeBound(problem, certificate([])), checkRoute(problem, whole(tree)).costMicros);
  });

  it('refuses prices that time without an end does not pay for, and those that are none', () => {
    const priced = (nanosPerHour: number) => () =>
      routeBound(CHAIN, certificate([{ at: 'link', from: 0, to: 1, nanosPerHour }]));
    assert.doesNotThrow(priced(3 * 2 * 540_000_000));
    assert.throws(priced(3 * 2 * 540_000_000 + 1), /time without an end/);
    assert.throws(priced(-1), /whole, not negative/);
    assert.throws(priced(0.5), /whole, not negative/);
  });

  it('refuses a price for what limits nothing', () => {
    const price = { at: 'egress', from: 0, to: 0, nanosPerHour: 1 } as const;
    assert.throws(() => routeBound(CHAIN, certificate([price])), /limits nothing/);
  });
});

function anyPrices(problem: RouteProblem, random: () => number): readonly BottleneckPrice[] {
  const { network, machines, destinations, withinS } = problem;
  const size = network.regions.length;
  const all = machines.perRegion * machines.nanosPerHour * (destinations.length + 1);
  const paid = Math.floor(all * random() * (withinS === null ? 1 : 3));
  const links = [...network.kilobitsPerSecond.keys()].filter(
    (link) => network.kilobitsPerSecond[link]! > 0,
  );
  const link = links[Math.floor(random() * links.length)]!;
  const half = Math.floor(paid / 2);
  return [
    { at: 'link', from: Math.floor(link / size), to: link % size, nanosPerHour: half },
    { at: random() < 0.5 ? 'egress' : 'ingress', from: 0, to: 0, nanosPerHour: half },
  ];
}

function certificate(prices: readonly BottleneckPrice[]): RouteCertificate {
  return { all: prices, straight: prices, relayed: prices };
}

function whole(tree: ReadonlyMap<number, number>, parts = 10): RouteAnswer {
  return { split: 'partitions', parts, groups: [{ tree, partitions: parts }] };
}
