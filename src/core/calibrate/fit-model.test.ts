import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMeasurement, buildRows, LINE } from './build-for-tests.ts';
import { fitModel } from './fit-model.ts';
import { measuredCases } from './measured-cases.ts';

describe('fitting coefficients', () => {
  it('finds those that measurements were made with', () => {
    const { cases } = measuredCases(LINE, buildRows(300, 2, 30));
    const { coefficients } = fitModel(LINE, cases);
    assert.ok(Math.abs(coefficients['per']! / 2 - 1) < 0.02, `${coefficients['per']}`);
    assert.ok(Math.abs(coefficients['fixed']! / 30 - 1) < 0.02, `${coefficients['fixed']}`);
  });

  it('keeps to the priors where nothing was measured, and is less sure of nothing', () => {
    const { coefficients, spreads } = fitModel(LINE, []);
    assert.deepEqual(coefficients, { per: 1, fixed: 10 });
    assert.deepEqual(spreads, { per: 1, fixed: 1 });
    const { cases } = measuredCases(LINE, buildRows(30, 2, 30));
    const measured = fitModel(LINE, cases).spreads;
    assert.ok(measured['per']! < 0.2 && measured['fixed']! < 0.2);
  });

  it('is hardly moved by a row that is a hundred times off', () => {
    const rows = buildRows(60, 2, 30);
    const wild = buildMeasurement(0, { tokens: 20, devices: 4, value: 16_000 });
    const of = (all: typeof rows) => fitModel(LINE, measuredCases(LINE, all).cases).coefficients;
    assert.ok(Math.abs(of([...rows, wild])['per']! / of(rows)['per']! - 1) < 0.1);
  });

  it('lets a source of a thousand rows not outweigh two of ten', () => {
    const many = buildRows(1000, 1, 10).map((one) => ({ ...one, family: 'many' }));
    const few = buildRows(20, 2, 20);
    const { cases } = measuredCases(LINE, [...many, ...few]);
    const { coefficients } = fitModel(LINE, cases);
    assert.ok(coefficients['per']! > 1.2, `${coefficients['per']}`);
  });

  it('gives the same to the digit each time, and from wherever it starts nearly so', () => {
    const { cases } = measuredCases(LINE, buildRows(50, 3, 7));
    const first = fitModel(LINE, cases);
    assert.deepEqual(fitModel(LINE, cases), first);
    const other = fitModel(LINE, cases, { per: 0.5, fixed: 40 });
    assert.ok(Math.abs(other.coefficients['per']! / first.coefficients['per']! - 1) < 0.02);
  });
});

describe('measured cases', () => {
  it('are the rows that a model can predict, and the others with the reason', () => {
    const rows = [
      buildMeasurement(1, { tokens: 5, devices: 1, value: 30 }),
      buildMeasurement(2, { tokens: null, devices: 1, value: 30 }),
      {
        ...buildMeasurement(3, { tokens: 5, devices: 1, value: 30 }),
        quantity: 'samples' as const,
      },
    ];
    const { cases, unusable } = measuredCases(LINE, rows);
    assert.deepEqual(
      cases.map(({ measurement, error }) => [measurement.id, error({ per: 4, fixed: 10 })]),
      [['row 1', 0]],
    );
    assert.deepEqual(
      unusable.map(({ measurement, reason }) => [measurement.id, reason]),
      [['row 2', 'the source does not say how many tokens']],
    );
  });
});
