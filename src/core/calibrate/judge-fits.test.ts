import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measurement } from '../demand/calibration/measurement.ts';
import { readMeasurements } from '../demand/calibration/read-measurements.ts';
import { judgeFits } from './judge-fits.ts';

const COLUMNS =
  'id,kind,model,params_B,seq_len,global_batch_or_tokens,precision,accelerator,count,reported_metric,value,unit,family';

/** Llama-2-7b in 16 bits of 13 GB, served on one device: out of memory, or how fast it was. */
function served(id: string, accelerator: string, outcome: string): Measurement {
  const row = `${id},infer,Llama-2-7b,,in 512 out 128,batch 1,fp16,${accelerator},1,${outcome},x`;
  return readMeasurements(`${COLUMNS}\n${row}\n`).measurements[0]!;
}

const RAN_OUT = 'oom,1,bool';
const RAN = 'tpot,30,ms';

describe('whether work fits', () => {
  it('is right where it ran and did not, and tells the rows where it was wrong', () => {
    const { fits } = judgeFits([
      served('out', 'RTX 3060 8GB', RAN_OUT),
      served('strange', 'A100-80GB', RAN_OUT),
      served('ran', 'A100-80GB', RAN),
      served('stranger', 'RTX 3060 8GB', RAN),
    ]);
    assert.deepEqual(fits, {
      ranOut: 2,
      falseFits: ['strange'],
      ran: 2,
      falseRefusals: ['stranger'],
    });
  });

  it('is not asked of what nothing ran for, nor of rows that do not say enough', () => {
    const cache = served('cache', 'any', 'kv_bytes_per_token,524288,bytes');
    const silent = served('silent', 'A100-80GB', RAN_OUT);
    const devices = { ...silent.work, devices: 4 };
    const vague = {
      ...silent,
      work: { ...devices, layout: { ...devices.layout, tensorParallel: null } },
    };
    const { fits, unusable } = judgeFits([cache, vague]);
    assert.deepEqual([fits.ran, fits.ranOut], [0, 0]);
    assert.deepEqual(unusable, [{ measurement: vague, reason: 'the layout is not stated' }]);
  });
});
