import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { type Random, seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { CoverBound, CoverTree } from '../model/cover-proof.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { ColumnPool } from './column-pool.ts';
import { countPrices } from './count-prices.ts';
import { type CoupledModel, coupledModel } from './coupled-model.ts';
import { cheapestOfAll, randomCovers, taskOf } from './cover-for-tests.ts';
import { CoverState } from './cover-state.ts';
import { type HalvedBound, priceNearCovers } from './price-near-covers.ts';
import { type FloorProof, floorInReach, proveByTree } from './prove-by-tree.ts';
import { boundAtNoPrices, randomPrices } from './row-prices-for-tests.ts';

function upTo(random: Random, most: number): number {
  return 1 + Math.floor(random() * most);
}

/**
 * Each task wants one machine of each of two offers of which there is one, or a dear one of its own:
 * of tasks in a ring, half of each is the cheapest mix.
 */
function randomPairs(random: Random, tasks: number): Problem {
  const cheap = Array.from({ length: 5 }, (_, index) =>
    buildOffer({ id: `${index}`, nanosPerHour: asRate(upTo(random, 2) * 1e9), available: 1 }),
  );
  const dear = Array.from({ length: tasks }, (_, index) =>
    buildOffer({ id: `dear ${index}`, nanosPerHour: asRate((4 + upTo(random, 4)) * 1e9) }),
  );
  const works = dear.map((_, index) => {
    const first = upTo(random, 5) - 1;
    return {
      kind: 'divisible',
      per: 'machine',
      units: 2,
      options: [
        { offer: first, throughput: 1 },
        { offer: (first + upTo(random, 2)) % 5, throughput: 1 },
        { offer: 5 + index, throughput: 2 },
      ],
    } as const;
  });
  return buildProblem({ offers: [...cheap, ...dear], tasks: works.map((work) => taskOf(work)) });
}

/** At a price of each offer. */
function pairsAt(random: Random, problem: Problem): Omit<Case, 'least'> {
  const model = coupledModel(problem);
  const known = new ColumnPool(model.tasks);
  for (let task = 0; task < model.tasks; task++) {
    known.add({ task, cost: model.costs[5 + task]!, bought: [[5 + task, 1]] });
  }
  const offers = Float64Array.from(model.costs, (_, offer) =>
    offer < 5 ? upTo(random, 3) * 5e5 : 0,
  );
  const prices = { offers, pools: new Float64Array(0), cuts: new Float64Array(0) };
  const given = { prices, cuts: [], halves: [], halfPrices: new Float64Array(0) };
  return { problem, model, halved: priceNearCovers(model, given, known)!.found };
}

type Case = {
  readonly problem: Problem;
  readonly model: CoupledModel;
  readonly halved: HalvedBound;
  readonly least: number;
};

/** Small problems whose prices do not prove what the cheapest answer costs. */
function* unproven(count: number): Generator<Case> {
  const random = seededRandom(91);
  for (let index = 0; index < count; index++) {
    const { problem, given, known } = randomPrices(random, index);
    const model = coupledModel(problem);
    const priced = { problem, model, halved: priceNearCovers(model, given, known)!.found };
    for (const one of [priced, pairsAt(random, randomPairs(random, 5 + (index % 4)))]) {
      const least = cheapestOfAll(one.problem);
      if (least !== null && one.halved.bound < least - 1) yield { ...one, least };
    }
  }
}

function proved({ model, halved }: Case, floor: number, isOver = (): boolean => false) {
  return proveByTree(model, halved, { floor, isOver, random: seededRandom(1) });
}

test('where prices prove less than the optimum, a search proves it, and the checker agrees', () => {
  let [cases, split] = [0, 0];
  for (const one of unproven(400)) {
    const proof = proved(one, one.least);
    assert.ok(proof !== null && 'nodes' in proof, `case ${cases}: nothing is proven`);
    assert.equal(boundOf(one, proof), one.least, `case ${cases}`);
    cases++;
    if (proof.nodes.length > 1) split++;
  }
  assert.ok(cases > 150 && split > 30, `${cases} cases, ${split} with splits`);
});

test('where machines cost no whole number of micro-dollars, floors are what a checker says', () => {
  const random = seededRandom(92);
  let proven = 0;
  for (let count = 0; count < 500; count++) {
    const { offers, ...rest } = randomCovers(random, { tasks: 3, offers: 3, pools: count % 2 });
    const odd = offers.map((offer) => ({ ...offer, nanosPerHour: asRate(offer.nanosPerHour + 1) }));
    const problem = { ...rest, offers: odd };
    const model = coupledModel(problem);
    const [least, halved] = [cheapestOfAll(problem), boundAtNoPrices(model)];
    if (least === null || halved === null) continue;
    const floor = Math.floor(least) - (count % 40);
    if (halved.bound >= floor) continue;
    const proof = proved({ problem, model, halved, least }, floor);
    // Where that is too near to the optimum, it says nothing.
    if (proof === null) continue;
    assert.ok('nodes' in proof, `problem ${count}: nothing costs less`);
    assert.equal(boundOf({ problem, model, halved, least }, proof), floor, `problem ${count}`);
    proven++;
  }
  assert.ok(proven > 20, `${proven} floors`);
});

test('where an answer costs less than the floor, it is found instead', () => {
  const random = seededRandom(93);
  let found = 0;
  for (const one of unproven(200)) {
    const floor = one.least + 1 + Math.floor(random() * 1e6);
    const covers = proved(one, floor);
    assert.ok(covers instanceof CoverState, 'nothing is found');
    assert.ok(covers.cost >= one.least && covers.cost < floor, `${covers.cost} of ${one.least}`);
    assert.equal(covers.columns().length, one.model.tasks);
    found++;
  }
  assert.ok(found > 80, `${found} cases`);
});

test('a floor that is in reach is above the bound where covers of some loss are few', () => {
  let above = 0;
  for (const one of unproven(100)) {
    const floor = floorInReach(one.model, one.halved, one.least);
    assert.ok(floor <= one.least && floor >= Math.floor(one.halved.bound));
    if (floor <= one.halved.bound) continue;
    const proof = proved(one, floor);
    assert.ok(proof !== null && 'nodes' in proof);
    const bound = boundOf(one, proof);
    assert.ok(bound >= floor && bound <= one.least, `${bound} of ${floor}`);
    above++;
  }
  assert.ok(above > 50, `${above} floors`);
});

test('a search without time for its first node proves nothing', () => {
  for (const one of unproven(20))
    assert.equal(
      proved(one, one.least, () => true),
      null,
    );
});

/** What someone could do to a tree so that it says less than it must. */
const TAMPERED: Readonly<Record<string, (tree: CoverTree) => CoverTree>> = {
  'prices that are left out': (tree) => ({
    ...tree,
    nodes: tree.nodes.map((node) => ({ ...node, prices: [] })),
  }),
  'a last child that is cut off': (tree) => ({ ...tree, nodes: tree.nodes.slice(0, -1) }),
  'a split into all and none': (tree) => ({
    ...tree,
    nodes: tree.nodes.map(({ prices, split }) => {
      return { prices, ...(split === undefined ? {} : { split: { ...split, least: 0 } }) };
    }),
  }),
  'a node more than there are splits for': (tree) => ({
    ...tree,
    nodes: [{ prices: [] }, ...tree.nodes],
  }),
};

for (const [name, tamper] of Object.entries(TAMPERED)) {
  test(`with ${name}, a tree proves the optimum or what its prices prove`, () => {
    let less = 0;
    for (const one of unproven(150)) {
      const proof = proved(one, one.least) as FloorProof;
      const covers = coversOf(one, proof);
      const bound = boundAt(one.problem, { ...covers, tree: tamper(covers.tree!) });
      const { tree: _, ...without } = covers;
      const root = boundAt(one.problem, without);
      assert.ok(bound === root || bound === one.least, `${bound} between ${root} and ${one.least}`);
      if (bound === root) less++;
    }
    assert.ok(less > 10, `${less} prove less`);
  });
}

test('of a floor above the optimum, no tree proves anything', () => {
  for (const one of unproven(200)) {
    const covers = coversOf(one, proved(one, one.least) as FloorProof);
    const { tree, ...without } = covers;
    const above = { ...covers, tree: { ...tree!, floor: one.least + 1 } };
    assert.equal(boundAt(one.problem, above), boundAt(one.problem, without));
  }
});

function coversOf({ model, halved }: Case, floorProof: FloorProof): CoverBound {
  return countPrices(model.available, model.tasks, { ...halved, floorProof });
}

function boundOf(one: Case, proof: FloorProof): number {
  return boundAt(one.problem, coversOf(one, proof));
}

function boundAt(problem: Problem, covers: CoverBound): number {
  const none = { of: 0, per: 1 };
  const duals = { pools: [], offers: [], budget: none, tasks: [] };
  return problemBound(problem, { proof: 'duals', duals, covers })!;
}
