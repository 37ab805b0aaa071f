import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, rateFromUsd } from '../base/money.ts';
import type { Solution, SolutionLine } from '../spec/solution.ts';
import { describeComparison, describeSolution } from './describe-solution.ts';

const LINE: SolutionLine = {
  task: 0,
  option: 3,
  offer: 3,
  taskName: 'train',
  offerId: 'aws/p5',
  provider: 'aws',
  region: 'us-east-1',
  zone: null,
  spot: false,
  machines: 2,
  hours: 1.5,
  startS: 3600,
  nanosPerHour: rateFromUsd(20),
  costMicros: asMicros(60e6),
  shares: null,
};
const SOLUTION: Solution = {
  schema: 'kedge.solution/v1',
  name: null,
  problem: 'abc',
  minimize: 'cost',
  unit: 'usd',
  value: 62.5,
  bound: 62,
  costMicros: asMicros(62.5e6),
  boundMicros: asMicros(62e6),
  gap: 0.008,
  proof: 'duals',
  claimed: null,
  hours: 2.5,
  transfersMicros: asMicros(2.5e6),
  seconds: 0.25,
  solver: 'dag',
  why: '1 choice over 4 offers: dag looks',
  lines: [LINE],
};
const SHOWN = { wide: false, columns: 80 };

describe('a solution in words', () => {
  it('says what is hired for each task, and what that costs with the data that moves', () => {
    const text = describeSolution(SOLUTION, SHOWN);
    assert.match(text, /train +aws\/p5 +2 +1\.5 from 1h +\$60\.00/);
    assert.match(text, /transfers \$2\.50/);
    assert.match(text, /cost +\$62\.50\ntime +2h 30m/);
    assert.match(text, /0\.25, by dag\nwhy: 1 choice/);
  });

  it('tells what is proven from what is best, from what is claimed, from nothing', () => {
    const boundOf = (parts: Partial<Solution>): string =>
      /^bound +(.*)$/m.exec(describeSolution({ ...SOLUTION, ...parts }, SHOWN))![1]!;
    assert.equal(boundOf({}), '$62.00, gap 0.8 % (proof: duals)');
    assert.equal(boundOf({ gap: 0 }), '$62.00, this is the best (proof: duals)');
    const none = { bound: null, gap: null, proof: null };
    assert.equal(boundOf(none), 'none is proven');
    assert.match(boundOf({ ...none, proof: 'solver', claimed: 61 }), /none is proven; .* \$61\.00/);
  });

  it('shows the value where it is no money', () => {
    const carbon = { minimize: 'carbon', unit: 'g', value: 1234.5678, bound: 1000 } as const;
    const text = describeSolution({ ...SOLUTION, ...carbon }, SHOWN);
    assert.match(text, /carbon +1234\.568 g/);
    assert.match(text, /bound +1000 g/);
  });

  it('cuts many lines short, and not where all are asked for', () => {
    const lines = Array.from({ length: 50 }, () => LINE);
    assert.match(describeSolution({ ...SOLUTION, lines }, SHOWN), /and 20 more lines: -o wide/);
    assert.doesNotMatch(describeSolution({ ...SOLUTION, lines }, { ...SHOWN, wide: true }), /more/);
  });

  it('puts solvers side by side: a claim in brackets, a refusal in words', () => {
    const solver = {
      solver: 'exact',
      why: null,
      value: 5,
      bound: null,
      gap: null,
      proof: 'solver' as const,
      claimed: 4,
      seconds: 1.5,
    };
    const refusing = { ...solver, solver: 'dag', why: 'no choice', value: null, claimed: null };
    const text = describeComparison(
      {
        schema: 'kedge.comparison/v1',
        name: null,
        problem: 'abc',
        unit: 'usd',
        solvers: [solver, refusing],
      },
      80,
    );
    assert.match(text, /exact +\$5\.00 +\(\$4\.00\) +- +solver +1\.5/);
    assert.match(text, /dag +- .* no choice/);
  });
});
