import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../base/errors.ts';
import { buildModel, buildServing, buildTraining } from '../core/demand/build-for-tests.ts';
import { estimateDemand } from '../core/demand/estimate-demand.ts';
import { architectureOf } from '../core/demand/models/architecture.ts';
import { knownModels } from '../core/demand/models/known-models.ts';
import { buildCarriedModel, buildTask } from '../spec/build-for-tests.ts';
import { type CarriedModel, carriedModelSchema } from '../spec/carried-model.ts';
import { fromWire, toWire } from '../spec/wire.ts';
import { bookOf, carriedModels } from './carried-models.ts';

const OWN = './own';

describe('a model that a run takes along', () => {
  it('arrives as it was read, whatever its family', () => {
    for (const [id, shape] of knownModels()) {
      const book = new Map([[id, { architecture: architectureOf(shape), notes: [] }]]);
      const sent = JSON.stringify(carriedModels(book).map(toWire));
      const arrived = JSON.parse(sent).map((one: unknown) =>
        carriedModelSchema.parse(fromWire(one)),
      );
      assert.deepEqual(bookOf(arrived), book);
    }
  });

  it('is refused by the field that no model has', () => {
    const refused: readonly (readonly [Partial<Record<string, unknown>>, RegExp])[] = [
      [{ params: 1e16 }, /^params: is more than any model has/],
      [{ params: -1 }, /^params: is below/],
      [{ params: '8B' }, /^params: /],
      [{ layers: 0 }, /^layers: is below 1/],
      [{ layers: 31.5 }, /^layers: /],
      [{ kvHeads: 64 }, /^kvHeads: is more than heads/],
      [{ activeParams: 9e9 }, /^activeParams: is more than params/],
      [{ headDim: 0 }, /^headDim: is 0/],
      [{ hidden: Number.NaN }, /^hidden: /],
      [{ vocab: Number.POSITIVE_INFINITY }, /^vocab: /],
      [{ window: { layers: 33, tokens: 128 } }, /^window: is of more than layers/],
      [{ family: 'diffusion' }, /^sample: is missing of a diffusion model/],
      [{ sample: { macs: 1, activations: 1 }, hidden: 0 }, /^hidden: is 0/],
      [{ family: 'oracle' }, /^family: /],
      [{ name: 'two\nlines' }, /^name: needs text without control characters/],
    ];
    for (const [parts, message] of refused) assert.match(reasonOf(parts), message);
  });

  it('of any counts that are let in is estimated, or refused with a reason, and nothing else', () => {
    fc.assert(
      fc.property(carried, (model) => {
        for (const task of TASKS) assertEstimated(task, model);
      }),
      { numRuns: 8 },
    );
  });
});

function reasonOf(parts: Partial<Record<string, unknown>>): string {
  const architecture = { ...buildCarriedModel().architecture, ...parts };
  const { error } = carriedModelSchema.safeParse({ id: OWN, architecture });
  const [issue] = error?.issues ?? [];
  return issue === undefined ? 'let in' : `${issue.path.slice(1).join('.')}: ${issue.message}`;
}

const model = buildModel({ id: OWN });
const TASKS = [
  buildTask({ model, training: buildTraining({ samples: 1e6 }) }),
  buildTask({ model, training: buildTraining({ method: 'qlora', precision: 'nf4' }) }),
  buildTask({ model, kind: 'serve', serving: buildServing() }),
  buildTask({ model, kind: 'batch', serving: buildServing({ requests: 1e6 }) }),
];

const FAMILIES = [...new Set([...knownModels().values()].map((one) => architectureOf(one).family))];
const count = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1e9 }));
const total = fc.oneof(count, fc.double({ min: 0, max: 1e15, noNaN: true }));
const work = fc.double({ min: 0, max: 1e18, noNaN: true });
const numbers = Object.entries(buildCarriedModel().architecture).flatMap(([name, value]) =>
  typeof value === 'number' ? [[name, /params$|perToken$/i.test(name) ? total : count]] : [],
);
const carried = fc
  .record({
    ...Object.fromEntries(numbers),
    name: fc.constant(OWN),
    family: fc.constantFrom(...FAMILIES),
    gated: fc.boolean(),
    window: fc.option(fc.record({ layers: count, tokens: count })),
    sample: fc.option(fc.record({ macs: work, activations: work })),
  })
  .map((architecture) => carriedModelSchema.safeParse({ id: OWN, architecture }).data)
  .filter((one) => one !== undefined);

function assertEstimated(task: (typeof TASKS)[number], one: CarriedModel): void {
  try {
    for (const layout of estimateDemand(task, bookOf([one])).layouts) {
      const { memoryBytesPerDevice: memory, hours } = layout;
      assert.ok(memory.low >= 0 && memory.low <= memory.high, JSON.stringify(layout));
      assert.ok(hours === null || hours.mid >= 0, JSON.stringify(layout));
    }
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
  }
}
