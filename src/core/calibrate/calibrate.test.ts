import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../base/rng.ts';
import { fittedModels } from '../demand/calibration/fitted-models.ts';
import { fittedOf } from '../demand/calibration/fitted-of.ts';
import { readMeasurements } from '../demand/calibration/read-measurements.ts';
import type { MemoryCoefficients } from '../demand/memory/memory-coefficients.ts';
import { measuredMemory, memoryModel } from '../demand/memory/memory-model.ts';
import { buildRows, LINE } from './build-for-tests.ts';
import { calibrate } from './calibrate.ts';
import { evaluate, intervalScore } from './evaluate.ts';
import {
  type Claim,
  coverage,
  endsOf,
  intervalWidth,
  meanEnds,
  meanScore,
  ofConstantWidth,
  type SpreadError,
} from './interval-widths.ts';
import { macroMedian, quantile, scoreOf, weightedQuantile } from './score.ts';

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
    const { coverage: inside } = scores[0]!.intervals!;
    assert.ok(inside > 0.65 && inside < 0.95, `${inside}`);
  });

  it('judges a source by intervals of the others alone', () => {
    const rows = noisyRows(4);
    const { leftOut } = calibrate(LINE, rows);
    assert.ok(Math.abs(intervalScore(leftOut)!.coverage - 0.8) < 0.1);
    const own = rows.map((row) => ({ ...row, family: 'one source' }));
    assert.equal(intervalScore(calibrate(LINE, own).leftOut), null);
    const wild = rows.map((row) =>
      row.family === 'source 3' ? { ...row, value: row.value * 8 } : row,
    );
    const ofWild = calibrate(LINE, wild).leftOut.filter(
      ({ of }) => of.measurement.family === 'source 3',
    );
    assert.equal(intervalScore(ofWild)!.coverage, 0);
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

  it('gives no score for a row whose estimate is no number, but says so', () => {
    const { model, fitted } = calibrate(LINE, buildRows(30, 2, 30));
    const [row] = buildRows(1, 2, 30);
    const absurd = { ...row!, work: { ...row!.work, tokens: -1e9 } };
    const { scores, unusable } = evaluate([{ model, fitted }], [absurd]);
    assert.deepEqual(scores, []);
    assert.match(unusable[0]!.reason, /no number above zero/);
  });
});

/** Errors as large as their spreads say, of six sources. */
function spreadErrors(spreads: readonly number[]): readonly SpreadError[] {
  const random = seededRandom(5);
  return Array.from({ length: 600 }, (_, at) => {
    const spread = spreads[at % spreads.length]!;
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return { error: spread * normal, spread, doublings: 0, family: `${at % 6}` };
  });
}

function claims(errors: readonly SpreadError[]): readonly Claim[] {
  const width = intervalWidth(errors, []);
  const all = errors.map((one) => ({ error: one.error, ends: endsOf(one, width) }));
  const alike = meanEnds(all.map(({ ends }) => ends));
  return all.map((one) => ({ ...one, alike }));
}

describe('a judgement of peak memory', () => {
  it('is of the interval that plans decide by, which is made line by line', () => {
    const head =
      'id,kind,model,seq_len,precision,accelerator,count,reported_metric,value,unit,family';
    const row = 'x,infer,Llama-2-7b,in 512 out 128,fp16,A100-80GB,1,peak_mem_per_gpu,16,GB,x';
    const { measurements } = readMeasurements(`${head}\n${row}\n`);
    const { scores } = evaluate(fittedModels(), measurements);
    const memory = measuredMemory(
      measurements[0]!.work,
      fittedOf(memoryModel).coefficients as MemoryCoefficients,
    );
    assert.ok(typeof memory !== 'string');
    const { low, high } = memory.total;
    const outside = Math.max(0, Math.log(low / measurements[0]!.value));
    const above = Math.max(0, Math.log(measurements[0]!.value / high));
    const expected = Math.log(high / low) + 10 * (outside + above);
    assert.ok(Math.abs(scores[0]!.intervals!.score / expected - 1) < 1e-9);
  });
});

describe('widths of intervals', () => {
  it('are worth more where a prediction says how unsure it is', () => {
    const own = claims(spreadErrors([0.05, 0.5]));
    assert.ok(Math.abs(coverage(own) - 0.8) < 0.05);
    assert.ok(meanScore(own) < 0.85 * meanScore(ofConstantWidth(own)));
  });

  it('of one size are worth as much as the constant width, which holds as often', () => {
    const own = claims(spreadErrors([0.2]));
    assert.ok(Math.abs(coverage(ofConstantWidth(own)) - coverage(own)) < 0.01);
    assert.ok(Math.abs(meanScore(own) / meanScore(ofConstantWidth(own)) - 1) < 0.01);
  });

  it('are wider for what has more doublings, and for coefficients that are less sure', () => {
    const width = intervalWidth(spreadErrors([0.2]), []);
    const high = (spread: number, doublings: number) => endsOf({ spread, doublings }, width).high;
    assert.ok(high(0, 10) > 1.5 * high(0, 0) && high(0.3, 0) > 2 * high(0, 0));
  });

  it('are not those of a source of a thousand rows alone', () => {
    const one = { error: 0.01, spread: 0, doublings: 0, family: 'many' };
    const others = Array.from({ length: 60 }, (_, at) => ({
      ...one,
      error: at % 2 === 0 ? 0.5 : -0.5,
      family: `${at % 6}`,
    }));
    const width = intervalWidth([...Array.from({ length: 1000 }, () => one), ...others], []);
    assert.ok(endsOf(one, width).high > 0.3 && endsOf(one, width).low < -0.3);
  });

  it('follow related quantities where one row is all there is, and not where there are sources', () => {
    const related = spreadErrors([0.2]);
    const high = (errors: readonly SpreadError[]): number =>
      endsOf(related[0]!, intervalWidth(errors, related)).high;
    const [ofRelated, ofOne] = [high([]), high([{ ...related[0]!, error: 0, family: 'one' }])];
    assert.ok(Math.abs(ofOne / ofRelated - 1) < 0.5, `${ofOne / ofRelated}`);
    const wide = related.map((one) => ({ ...one, error: 4 * one.error }));
    assert.ok(high(wide) > 3 * ofRelated);
  });
});

describe('scores', () => {
  it('are of ratios to what was measured', () => {
    const { median, bias, p90 } = scoreOf([Math.log(1.1), Math.log(0.8), Math.log(2)]);
    assert.ok(Math.abs(median - 0.2) < 1e-12 && Math.abs(bias - 0.1) < 1e-12);
    assert.ok(Math.abs(p90 - 0.84) < 1e-12);
    assert.equal(quantile([3, 1, 2], 0.25), 1.5);
  });

  it('take the share of weights, not of rows, where rows weigh', () => {
    const row = (value: number, weight: number) => ({ value, weight });
    assert.equal(weightedQuantile([row(3, 1), row(1, 1), row(2, 1)], 0.5), 2);
    assert.equal(weightedQuantile([row(1, 1), row(2, 1), row(9, 98)], 0.6), 9);
    assert.equal(weightedQuantile([row(1, 98), row(2, 1), row(9, 1)], 0.4), 1);
    assert.ok(Number.isNaN(weightedQuantile([], 0.5)));
  });

  it('of families count those of eight rows or more, each the same', () => {
    const family = (rows: number, median: number) => ({ rows, median, p90: 1, bias: 0 });
    assert.equal(macroMedian([family(8, 0.1), family(500, 0.3), family(7, 9)]), 0.2);
    assert.ok(Number.isNaN(macroMedian([family(7, 0.1)])));
  });
});
