import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, rateFromUsd } from '../base/money.ts';
import { asEpochMs } from '../base/time.ts';
import { fromWire, toWire, typeName, wireName } from './wire.ts';

describe('the wire form', () => {
  it('is snake_case, dollars and RFC 3339', () => {
    const value = {
      runId: 'run_1',
      costMicros: asMicros(5_000_000),
      nanosPerHour: rateFromUsd(0.1),
      bound: { micros: asMicros(1), proof: 'duals' },
      createdAt: asEpochMs(0),
      endedAt: null,
      hint: undefined,
    };
    assert.deepEqual(toWire(value), {
      run_id: 'run_1',
      cost_usd: 5,
      usd_per_hour: 0.1,
      bound: { usd: 0.000001, proof: 'duals' },
      created_at: '1970-01-01T00:00:00.000Z',
      ended_at: null,
    });
  });

  it('leaves the keys of users alone', () => {
    const value = { envs: { fooBar: '1', HF_TOKEN: 'x' }, throughput: { myGpu: 3 } };
    assert.deepEqual(toWire(value), value);
    assert.deepEqual(fromWire(value), value);
  });

  it('gives back what it was given, to the micro-dollar', () => {
    const plain = { noNullPrototype: true };
    const noun = fc.record(
      {
        costMicros: fc.integer({ min: 0, max: 1e15 }),
        costLowMicros: fc.integer({ min: 0, max: 1e12 }),
        nanosPerHour: fc.integer({ min: 0, max: 4e9 }).map((micros) => micros * 1000),
        startedAt: fc.integer({ min: 0, max: 4e12 }),
        billingIncrementS: fc.nat(),
        place: fc.string(),
        nodes: fc.array(fc.record({ exitCode: fc.option(fc.nat()) }, plain)),
      },
      plain,
    );
    fc.assert(
      fc.property(noun, (value) => {
        assert.deepEqual(fromWire(JSON.parse(JSON.stringify(toWire(value)))), value);
      }),
    );
  });

  it('names go there and back', () => {
    for (const key of [
      'costMicros',
      'micros',
      'nanosPerHour',
      'maxNanosPerHour',
      'nanosPerHourMax',
      'nanosPerGigabyte',
      'billingIncrementS',
      'at',
      'asOf',
      'createdAt',
    ]) {
      assert.equal(typeName(wireName(key)), key);
    }
  });

  it('never lets a document reach a prototype', () => {
    const value = fromWire(JSON.parse('{"__proto__": {"polluted": true}, "a": {"__proto__": 1}}'));
    assert.equal((value as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});
