import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { type Random, seededRandom } from '../../../base/rng.ts';
import { cheapestOfAll, randomCovers, taskOf } from '../cover/cover-for-tests.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { CountedRow, CoverBound, CoverNode, CoverTree } from '../model/cover-proof.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { problemBound } from './problem-bound.ts';

const DEPTH = 8;

test('whatever tree of whatever rows and prices there is, no bound is above the optimum', () => {
  const random = seededRandom(71);
  let [proven, above] = [0, 0];
  for (let count = 0; count < 600; count++) {
    const problem = randomCovers(random, { tasks: 2 + (count % 2), offers: 3, pools: count % 2 });
    const least = cheapestOfAll(problem);
    const plain = randomPrices(random, problem);
    const root = boundAt(problem, plain);
    const floor = (least ?? 5e6) + Math.floor(random() * 4 - 2) * 500_000 + 500_000;
    const bound = boundAt(problem, { ...plain, tree: randomTree(random, problem, floor) });
    assert.ok(bound <= (least ?? Infinity), `problem ${count}: ${bound} is above ${least}`);
    assert.ok(bound === root || bound === floor, `problem ${count}`);
    if (bound > root) proven++;
    if (least !== null && floor > least) above++;
  }
  assert.ok(proven > 60 && above > 60, `${proven} prove more, ${above} floors are too high`);
});

function randomPrices(random: Random, { offers, tasks, pools }: Problem): CoverBound {
  const upTo = (most: number): number => Math.floor(random() * most);
  return {
    pools: pools.map(() => upTo(2) * 100_000),
    offers: offers.map(({ available }, offer) => ({
      offers: [offer],
      price: upTo(1e6),
      byCount:
        random() < 0.5
          ? []
          : tasks.map((_, task) => {
              const prices = Array.from({ length: available! }, () => upTo(1.5e6));
              return { tasks: [task], prices };
            }),
    })),
    joint: ofEach(offers.length).map((row) => ({ ...row, price: upTo(2) * 300_000 })),
  };
}

function ofEach(offers: number): readonly CountedRow[] {
  return Array.from({ length: offers }, (_, offer) => {
    return { offers: [offer], of: 1, per: 1, shares: [] };
  });
}

/** Of rows of each offer, halves of two and pools; splits until there is next to nothing to split. */
function randomTree(random: Random, { offers, tasks, pools }: Problem, floor: number): CoverTree {
  const upTo = (most: number): number => Math.floor(random() * most);
  const halves = Array.from({ length: 3 }, (): CountedRow => {
    const some = [...tasks.keys()].filter(() => random() < 0.5);
    return { halfOf: [upTo(offers.length), upTo(offers.length)], tasks: some };
  });
  const rows = [...halves, ...pools.map((_, pool) => ({ pool }))];
  const all = offers.length + rows.length;
  const nodes: CoverNode[] = [];
  const grow = (depth: number): void => {
    const prices = Array.from({ length: upTo(3) }, () => {
      return Array.from({ length: upTo(4) }, () => [upTo(all + 1), upTo(2e6)]).flat();
    });
    if (depth === DEPTH || random() < 0.002) {
      nodes.push({ prices: [...prices, []] });
      return;
    }
    const split = { task: upTo(tasks.length), row: upTo(offers.length + 1), least: 1 + upTo(2) };
    nodes.push({ prices, split });
    grow(depth + 1);
    grow(depth + 1);
  };
  grow(0);
  return { floor, rows, nodes };
}

/** Five tasks want one machine each of two offers of five, or a dear one: two can have them. */
function ring(): Problem {
  const works = Array.from({ length: 5 }, (_, task) => {
    return {
      kind: 'divisible',
      per: 'machine',
      units: 2,
      options: [
        { offer: task, throughput: 1 },
        { offer: (task + 1) % 5, throughput: 1 },
        { offer: 5, throughput: 2 },
      ],
    } as const;
  });
  const cheap = works.map((_, one) => buildOffer({ id: `${one}`, available: 1 }));
  const dear = buildOffer({ id: 'dear', nanosPerHour: asRate(4e9) });
  return buildProblem({ offers: [...cheap, dear], tasks: works.map((work) => taskOf(work)) });
}

const FREE: CoverBound = { pools: [], offers: [] };
/** With the first task's machines taken, two others have none; without it, four are a chain. */
const RING: CoverTree = {
  floor: 16_000_000,
  rows: ofEach(5),
  nodes: [
    { prices: [], split: { task: 0, row: 0, least: 1 } },
    { prices: [[]] },
    { prices: [[2, 2_000_000, 4, 2_000_000]] },
  ],
};

test('a split proves what no prices of these rows prove', () => {
  const problem = ring();
  assert.equal(cheapestOfAll(problem), 16_000_000);
  const alone = Array.from({ length: 9 }, (_, step) => {
    const price = step * 250_000;
    const offers = [0, 1, 2, 3, 4].map((offer) => ({ offers: [offer], price, byCount: [] }));
    return boundAt(problem, { pools: [], offers });
  });
  assert.equal(Math.max(...alone), 15_000_000);
  assert.equal(boundAt(problem, { ...FREE, tree: RING }), 16_000_000);
});

test('what is missing in a tree, or wrong, leaves what its prices prove', () => {
  const problem = ring();
  const without = boundAt(problem, FREE);
  const [first, inside, outside] = RING.nodes as [CoverNode, CoverNode, CoverNode];
  const wrong: readonly CoverTree[] = [
    { ...RING, nodes: [] },
    { ...RING, nodes: [first, inside] },
    { ...RING, nodes: [first, inside, { prices: [[]] }] },
    { ...RING, nodes: [{ prices: [[]] }] },
    { ...RING, nodes: [first, inside, { prices: [[2, -2_000_000, 4, -1]] }] },
    { ...RING, nodes: [first, inside, { prices: [[2, Number.NaN, 4, 0.5]] }] },
    { ...RING, nodes: [first, inside, { prices: [[9, 2_000_000, -1, 2_000_000]] }] },
    { ...RING, nodes: [first, inside, { prices: [[2, 2 ** 52, 4, 2 ** 41]] }] },
    { ...RING, nodes: [{ ...first, split: { task: 7, row: 0, least: 1 } }, inside, outside] },
    { ...RING, nodes: [{ ...first, split: { task: 0, row: 7, least: 1 } }, inside, outside] },
    { ...RING, rows: [] },
    { ...RING, floor: 16_000_001 },
    { ...RING, floor: 15_999_999.5 },
    { ...RING, floor: Number.NaN },
  ];
  wrong.forEach((tree, index) => {
    assert.equal(boundAt(problem, { ...FREE, tree }), without, `tree ${index}`);
  });
});

test('a floor below what the prices prove lowers nothing', () => {
  const problem = ring();
  const tree = { ...RING, floor: 5_000_000 };
  const price = 1_000_000;
  const offers = [0, 1, 2, 3, 4].map((offer) => ({ offers: [offer], price, byCount: [] }));
  assert.equal(boundAt(problem, { pools: [], offers, tree }), 15_000_000);
});

test('offers that are the same, or that another beats, change nothing', () => {
  const { offers, tasks, ...rest } = ring();
  const beaten = { ...offers[5]!, id: 'beaten', nanosPerHour: asRate(5e9) };
  // Of each offer there still is one machine: its twin has none.
  const twins = offers.slice(0, 5).map(({ id, ...offer }) => {
    return { ...offer, id: `${id} again`, available: 0 };
  });
  const works = tasks.map(({ work }) => {
    const { options, ...own } = work as DivisibleWork;
    const again = options.slice(0, 2).map(({ offer }) => ({ offer: offer + 7, throughput: 1 }));
    return { ...own, options: [...options, { offer: 6, throughput: 2 }, ...again] };
  });
  const problem = {
    ...rest,
    offers: [...offers, beaten, ...twins],
    tasks: works.map((work) => taskOf(work)),
  };
  assert.equal(cheapestOfAll(problem), 16_000_000);
  const rows = [0, 1, 2, 3, 4].map((offer) => {
    return { offers: [offer, offer + 7], of: 1, per: 1, shares: [] };
  });
  assert.equal(boundAt(problem, { ...FREE, tree: { ...RING, rows } }), 16_000_000);
});

function boundAt(problem: Problem, covers: CoverBound): number {
  const none = { of: 0, per: 1 };
  const duals = { pools: [], offers: [], budget: none, tasks: [] };
  return problemBound(problem, { proof: 'duals', duals, covers })!;
}
