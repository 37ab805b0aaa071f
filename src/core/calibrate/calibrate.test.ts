import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../base/rng.ts';
import { buildRows, LINE } from './build-for-tests.ts';
import { calibrate } from './calibrate.ts';
import { evaluate } from './evaluate.ts';
import { constantWidth, coverage, intervalWidth, meanScore } from './interval-widths.ts';
import { macroMedian, quantile, scoreOf } from './score.ts';

/** Rows whose family is off by its own factor, and each row by a little more. */
function noisyRows(seed: number) {
  const random = seededRandom(seed);
  const factors = new Map<string, number>();
  return buildRows(240, 2, 30).map((row, id) => {
    const family = `source ${id % 40}`;
    const own = factors.get(family) ?? Math.exp((random() - 0.5) * 0.6);
    factors.set(family, own);
    return { ...row, family, value: row.value * own * Math.exp((random() - 0.5) * 0.2) };
  });
}

describe('a calibration', () => {
  it('predicts each source from all others, and is worse there than in the fit', () => {
    const { cases, leftOut, fitted } = calibrate(LINE, noisyRows(1));
    assert.equal(leftOut.length, cases.length);
    const left = scoreOf(leftOut.map(({ error }) => error));
    const fit = scoreOf(cases.map(({ error }) => error(fitted.coefficients)));
    assert.ok(left.median > fit.median && left.median < 0.3);
  });

  it('has intervals that hold about 80 of 100 rows of sources that it did not see', () => {
    const { model, fitted } = calibrate(LINE, noisyRows(1));
    const { scores } = evaluate([{ model, fitted }], noisyRows(2));
    assert.ok(scores[0]!.coverage! > 0.65 && scores[0]!.coverage! < 0.95, `${scores[0]!.coverage}`);
  });

  it('is the same to the digit each time', () => {
    assert.deepEqual(calibrate(LINE, noisyRows(3)).fitted, calibrate(LINE, noisyRows(3)).fitted);
  });

  it('is evaluated by quantity and kind of model, with the worst rows and those it cannot use', () => {
    const { model, fitted } = calibrate(LINE, buildRows(30, 2, 30));
    const rows = buildRows(30, 2, 30);
    const wild = { ...rows[7]!, value: rows[7]!.value * 10 };
    const silent = { ...rows[8]!, work: { ...rows[8]!.work, tokens: null } };
    const { scores, unusable } = evaluate([{ model, fitted }], [...rows, wild, silent]);
    assert.deepEqual(
      scores.map(({ quantity, kind, all }) => [quantity, kind, all.rows]),
      [['training-tokens', 'dense', 31]],
    );
    assert.equal(scores[0]!.worst[0]!.measured, wild.value);
    assert.equal(unusable[0]!.measurement, silent);
  });
});

describe('widths of intervals', () => {
  it('are worth more where a prediction says how unsure it is', () => {
    const random = seededRandom(5);
    const errors = Array.from({ length: 600 }, (_, at) => {
      const spread = at % 2 === 0 ? 0.05 : 0.5;
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return { error: spread * normal, spread, family: `${at % 6}` };
    });
    const width = intervalWidth(errors);
    assert.ok(Math.abs(coverage(errors, width) - 0.8) < 0.05);
    assert.ok(meanScore(errors, width) < 0.8 * meanScore(errors, constantWidth(errors)));
  });
});

describe('scores', () => {
  it('are of ratios to what was measured', () => {
    const { median, bias, p90 } = scoreOf([Math.log(1.1), Math.log(0.8), Math.log(2)]);
    assert.ok(Math.abs(median - 0.2) < 1e-12 && Math.abs(bias - 0.1) < 1e-12);
    assert.ok(Math.abs(p90 - 0.84) < 1e-12);
    assert.equal(quantile([3, 1, 2], 0.25), 1.5);
  });

  it('of families count those of eight rows or more, each the same', () => {
    const family = (rows: number, median: number) => ({ rows, median, p90: 1, bias: 0 });
    assert.equal(macroMedian([family(8, 0.1), family(500, 0.3), family(7, 9)]), 0.2);
    assert.ok(Number.isNaN(macroMedian([family(7, 0.1)])));
  });
});
