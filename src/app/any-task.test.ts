import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../base/errors.ts';
import { rateFromUsd } from '../base/money.ts';
import { type Random, seededRandom } from '../base/rng.ts';
import { buildOffer } from '../spec/build-for-tests.ts';
import { readTasks } from '../spec/read-tasks.ts';
import { demandOf, describeDemand } from './demand.ts';
import { explainPlan, planTasks } from './plan.ts';

const OFFERS = [
  buildOffer({ id: 'h100' }),
  buildOffer({ id: 'spot', spot: true, nanosPerHour: rateFromUsd(3) }),
  buildOffer({
    id: 'a100',
    accelerator: 'A100',
    nanosPerHour: rateFromUsd(5),
    billingMinimumS: 60,
  }),
  buildOffer({ id: 'hourly', accelerator: 'A100', billingIncrementS: 3600, available: 2 }),
  buildOffer({
    id: 'cpu',
    accelerator: null,
    acceleratorCount: 0,
    provider: 'aws',
    region: 'eu-west-1',
  }),
];

const NUMBERS =
  '1 0 0.5 1e6 999999 1000000000 1e15 0.000001 3.333333 7 100 -1 1e-9 123456789.123456'.split(' ');

describe('whatever a task file says', () => {
  it('it is answered with a plan that passed its check, or with an error that has a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
        const text = anyTask(seededRandom(seed));
        await answered(text).catch((error: unknown) => {
          assert.ok(error instanceof KedgeError, `${String(error)}\n${text}`);
        });
      }),
      { numRuns: 400 },
    );
  });
});

async function answered(text: string): Promise<void> {
  const file = readTasks(text, { file: 'any.yaml' });
  describeDemand(demandOf(file));
  const solver = async () => ({
    name: 'none',
    solve: async () => ({ status: 'no-solution' as const }),
    close: async () => {},
  });
  const plan = await planTasks({ file, offers: OFFERS, solver, launchableOnly: false });
  explainPlan(plan, { verbose: true, columns: 80 });
}

/** Sensible keys with values from the sensible to the absurd. */
function anyTask(random: Random): string {
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)]!;
  const number = (): string => pick(NUMBERS);
  const sometimes = (share: number, line: () => string): string => (random() < share ? line() : '');
  const training = (): string =>
    `training: {method: ${pick(['full', 'lora', 'qlora', 'pretrain'])}, ` +
    `tokens: ${pick(['1', '500M', '9000T'])}, sequence_length: ${pick(['1', '4096', '1000000'])}, ` +
    `global_batch: ${pick(['1', '64', '100000'])}}`;
  const work = pick([
    () =>
      `work: {units: ${number()}, per: ${pick(['hour', 'machine'])}, ` +
      `throughput: {${pick(['cpu', 'gpu', 'H100', 'a'])}: ${number()}, b: ${number()}}}`,
    () => `work: {hours: ${number()}}`,
    () =>
      `model: ${pick(['gpt2', '{params: 8B}', '{params: 1}', '{params: 900T}'])}\n${training()}`,
    () =>
      `kind: serve\nmodel: {params: 8B, layers: 32}\nserving: {requests_per_second: ${number()}, ` +
      `input_tokens: 512, output_tokens: ${pick(['1', '100000'])}, tpot_ms: ${number()}}`,
    () =>
      `kind: serve\nserving: {requests_per_second: ${number()}, utilization_max: ${number()}, ` +
      `mix: [{share: 0.7, throughput: {a: ${number()}, gpu: ${number()}}}, ` +
      `{share: 0.3, throughput: {b: ${number()}, H100: ${number()}}}]}`,
    () => '',
  ])();
  const deadline = (): string => `deadline: ${pick(['1s', '1m', '10h', '9999999h', '100ms'])}, `;
  const budget = (): string => `budget: ${pick(['$1', '$0', '$0.000001', '$999999999'])}, `;
  const minimize = (): string =>
    pick(['cost', 'cost', 'time', 'time', 'carbon', `{hour: ${number()}, kg: ${number()}}`]);
  return [
    work,
    `goal: {${sometimes(0.4, deadline)}${sometimes(0.4, budget)}minimize: ${minimize()}, ` +
      sometimes(0.1, () => `start: {within: ${pick(['1s', '10h', '9999999h'])}}, `) +
      `spot: ${pick(['allow', 'forbid', 'require'])}}`,
    `num_nodes: ${pick(['1', '2', '1000', '100000'])}`,
    sometimes(
      0.4,
      () =>
        `resources: {${pick(['accelerators: H100:8', 'accelerators: X:8', 'cpus: 8+', 'max_hourly_cost: 9'])}}`,
    ),
    sometimes(
      0.4,
      () =>
        `offers: [{name: a, ${sometimes(0.5, () => 'accelerators: X:8, ')}price: ${pick(['$1', '$0', '$0.000001', '$4000'])}, ` +
        `count: ${pick(['1', '3', '1000000000'])}, grams_per_hour: ${number()}}, ` +
        `{name: b, price: $2, later_prices: [{after: ${pick(['1s', '5h'])}, price: ${number()}}]}]`,
    ),
    sometimes(0.2, () => 'placement: {residency: EU}'),
    sometimes(
      0.3,
      () =>
        `accelerators: [{name: X, ${pick(['like: H100', 'like: Coral', 'kind: tpu'])}, ` +
        `tflops: {${pick(['bf16', 'fp32', 'int8'])}: ${pick(['900', '0.000001', '9999999', '-1'])}}, ` +
        `memory: ${pick(['96GB', '1KB', '900TB'])}, link: ${pick(['1MB/s', '450GB/s', '999TB/s'])}}]`,
    ),
    '',
  ].join('\n');
}
