import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import { chooseByTree, type TreeOptions } from './choice/choose-by-tree.ts';
import { type ChooseOptions, choosing, coversOf } from './choose-covers.ts';
import type { CountCut } from './count-cuts.ts';
import { coupledModel } from './coupled-model.ts';
import { taskOf } from './cover-for-tests.ts';
import { columnOf } from './cover-state.ts';
import type { Column } from './master.ts';

/** Two tasks, each done by two machines of either offer; of the cheap one there are three. */
const options = [0, 1].map((offer) => ({ offer, throughput: 5 }));
const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
const model = coupledModel(
  buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  }),
);
const dear = [0, 1].map((task) => columnOf(model, task, [[1, 2]]));
const cheap = [0, 1].map((task) => columnOf(model, task, [[0, 2]]));
const mixed = [0, 1].map((task) =>
  columnOf(model, task, [
    [0, 1],
    [1, 1],
  ]),
);
const all = [...dear, ...cheap, ...mixed];

type Given = ChooseOptions & Pick<TreeOptions, 'isOver'>;

/** What the covers that the tree chooses cost. */
function choose(columns: readonly Column[], parts: Partial<Given>) {
  const given = { kept: [], cuts: [], costMax: Infinity, isOver: () => false, ...parts };
  const open = choosing(model, columns, given);
  if (open === null || open === 'large') return open;
  const { choice, costMax } = open;
  const { isOver } = given;
  const chosen = chooseByTree(choice, { costMax, isOver, random: seededRandom(87) });
  return typeof chosen === 'string' ? chosen : coversOf(open, chosen)?.cost;
}

test('covers are chosen that fit together and cost no more than they may', () => {
  assert.equal(choose(all, { costMax: 6_000_000 }), 6_000_000, 'two cheap ones take four of three');
  assert.equal(choose(all, { costMax: 5_999_999 }), 'none');
  assert.equal(choose([dear[0]!, ...cheap], {}), 8_000_000);
});

test('a task without any cover, or without time, leaves no choice', () => {
  assert.equal(choose([dear[0]!, cheap[0]!], {}), null);
  assert.equal(choose(all, { isOver: () => true }), 'over');
});

test('covers that are kept take what they have, and cost what they cost', () => {
  const [first] = mixed;
  assert.equal(choose(all, { kept: [first!], costMax: 6_000_000 }), 6_000_000);
  assert.equal(choose(all, { kept: [dear[0]!], costMax: 7_999_999 }), 'none');
  assert.equal(choose(all, { kept: [dear[0]!], costMax: 8_000_000 }), 8_000_000);
  assert.equal(choose(cheap, { kept: [cheap[0]!] }), 'none', 'two of the one that is left');
});

test('a choice keeps the cuts that it is given', () => {
  const cut: CountCut = { offer: 0, of: 1, per: 1, shares: new Uint8Array(2), right: 1 };
  assert.equal(choose(all, { cuts: [cut], costMax: 9_999_999 }), 'none');
  assert.equal(choose(all, { cuts: [cut], costMax: 10_000_000 }), 10_000_000);
});

test('a choice of too many rows for a tree is left alone', () => {
  const many = coupledModel(
    buildProblem({
      offers: [buildOffer({ available: 3 })],
      tasks: Array.from({ length: 501 }, () => taskOf({ ...work, options: [options[0]!] })),
    }),
  );
  const covers = Array.from({ length: many.tasks }, (_, task) => columnOf(many, task, [[0, 2]]));
  assert.equal(choosing(many, covers, { kept: [], cuts: [], costMax: Infinity }), 'large');
});
