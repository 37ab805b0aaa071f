import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../base/money.ts';
import { asEpochMs } from '../base/time.ts';
import { architectureOf } from '../core/demand/models/architecture.ts';
import { findModel } from '../core/demand/models/known-models.ts';
import type { RunNow } from '../ports/planner.ts';
import { launchRequestSchema } from '../spec/api.ts';
import { buildOffer, buildRun } from '../spec/build-for-tests.ts';
import type { Offer } from '../spec/offer.ts';
import type { Plan } from '../spec/plan.ts';
import { readTasks } from '../spec/read-tasks.ts';
import { fromWire, toWire } from '../spec/wire.ts';
import { carriedModels } from './carried-models.ts';
import { planTasks } from './plan.ts';
import type { ModelBook } from './read-models.ts';
import { planner } from './replan.ts';

const NOW = asEpochMs(1_800_000_000_000);
const OWN = './own';
const OFFERS = [machine('dear', 3), machine('middle', 2), machine('cheap', 1)];
const here = machine('here', 24);
const slower = machine('slower', 8, 'A100-80GB');
const LONG = 'training: {tokens: 5B}';

/** A decoder with latent attention and experts, one with recurrent layers, and two without tokens. */
const LIKE = {
  'deepseek-ai/DeepSeek-V2-Lite': 'training: {method: lora, tokens: 50M}',
  'Qwen/Qwen3-4B': 'training: {tokens: 50M}',
  'google-bert/bert-base-uncased': 'training: {samples: 1M}',
  'timm/resnet50': 'training: {samples: 1M}',
};

describe('a model that only its user can read', () => {
  for (const [id, training] of Object.entries(LIKE)) {
    it(`is placed anew by the server as its user planned it: one like ${id}`, async () => {
      const { plan, now } = await launched(id, training);
      const placed = await serverOf(OFFERS).lineAt(now, { allocation: 0, place: 'cheap' });
      assert.ok(plan.allocations[0]!.hours! > 0);
      assert.deepEqual(placed.line, plan.allocations[0]);
    });
  }

  it('is moved where that pays, reckoned with how long it takes there', async () => {
    const { plan, now } = await launched('Qwen/Qwen3-4B', LONG, [here]);
    const [advice] = (await serverOf([here, slower]).advise(now)).allocations;
    assert.equal(advice?.to?.offerId, 'slower');
    // At the same speed it would save two thirds of the cost.
    assert.ok(advice.savesMicros! < 0.5 * plan.costMicros!, `${advice.savesMicros}`);
  });

  it('of an older run, which brought nothing, is refused by name, and the run is let be', async () => {
    const { now } = await launched('Qwen/Qwen3-4B', LONG, [here]);
    const { models: _, ...older } = now.request;
    const unread = { ...now, request: older };
    const server = serverOf([here, slower]);
    await assert.rejects(server.lineAt(unread, { allocation: 0, place: 'slower' }), {
      code: 'spec.bad-value',
      message: /the shape of model ".\/own" is not known/,
    });
    assert.equal((await server.advise(unread)).allocations[0]?.action, 'keep');
  });
});

/** What `kedge up` sends of a task with such a model, as a server reads it. */
async function launched(
  id: string,
  training: string,
  offers: readonly Offer[] = OFFERS,
): Promise<{ readonly plan: Plan; readonly now: RunNow }> {
  const text = `model: ${OWN}\nkind: train\n${training}\nrun: true\n`;
  const book: ModelBook = new Map([
    [OWN, { architecture: architectureOf(findModel(id)!), notes: ['read from /home/me/own'] }],
  ]);
  const plan = await planTasks({
    file: readTasks(text, { file: 'task.yaml' }),
    offers,
    models: book,
    launchableOnly: true,
    solver: () => assert.fail('no solver is needed'),
  });
  const body = { name: 'x', taskText: text, baseDir: '/', envs: {}, secrets: {}, plan };
  const sent = JSON.stringify(toWire({ ...body, models: carriedModels(book) }));
  const request = launchRequestSchema.parse(fromWire(JSON.parse(sent)));
  const now = {
    run: buildRun({ state: 'running' }),
    request,
    now: NOW,
    measured: new Map(),
    hoursLeft: new Map(),
  };
  return { plan, now };
}

function serverOf(offers: readonly Offer[]) {
  const clock = { now: () => NOW, sleep: async () => {} };
  return planner({ clock, readTasks, offers: async () => offers });
}

function machine(id: string, usdPerHour: number, accelerator = 'H100'): Offer {
  return buildOffer({
    id,
    place: id,
    provider: id,
    accelerator,
    acceleratorCount: 8,
    acceleratorMemoryGib: 80,
    nanosPerHour: rateFromUsd(usdPerHour),
    launchable: true,
  });
}
