import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { buildOffer } from '../spec/build-for-tests.ts';
import type { Offer } from '../spec/offer.ts';
import { readTasks } from '../spec/read-tasks.ts';
import type { TaskFile } from '../spec/task.ts';
import { demandOf, describeDemand } from './demand.ts';
import { describeExplained, explainedDemand } from './explain-demand.ts';
import { planTasks } from './plan.ts';
import { planText } from './plan-text-for-tests.ts';

const TRAINING = `
name: tune
kind: finetune
model: meta-llama/Llama-3.1-8B
training: {method: lora, tokens: 200M}
`;
const XPU = 'accelerators: [{name: XPU-9, like: H100, memory: 96GB, tflops: {bf16: 1200}}]\n';
const OFFERS = `offers:
  - {name: lab, accelerators: XPU-9:8, price: $10/h}
  - {name: h, accelerators: H100:8, price: $10/h}
`;

describe('the plan of a task that declares an accelerator', () => {
  it('takes an offer of it where that is cheaper, with its hours and cost', async () => {
    const { allocations, hours, costMicros } = await planText(TRAINING + XPU + OFFERS);
    assert.deepEqual(
      allocations.map(({ offerId }) => offerId),
      ['lab'],
    );
    assert.ok(hours! > 0.1 && hours! < 10 && Math.abs(costMicros! / (hours! * 10e6) - 1) < 0.02);
    const slower = XPU.replace('1200', '500');
    const other = await planText(TRAINING + slower + OFFERS);
    assert.equal(other.allocations[0]!.offerId, 'h');
  });

  it('serves requests on it', async () => {
    const { allocations } = await planText(`
kind: serve
model: meta-llama/Llama-3.1-8B
serving: {requests_per_second: 12, input_tokens: 512, output_tokens: 256, tpot_ms: 50}
resources: {accelerators: xpu-9:1}
${XPU}offers: [{name: lab, accelerators: XPU-9:1, price: $3/h}]
`);
    assert.equal(allocations[0]!.offerId, 'lab');
  });

  it('refuses one whose memory is too small, and says how much it needs', async () => {
    const small = XPU.replace('96GB', '1GB');
    const only = 'offers: [{name: lab, accelerators: XPU-9:8, price: $10/h}]\n';
    await refuses(
      planText(TRAINING + small + only),
      /lab: a device has 1 GiB; .* the model needs \d+$/,
      /./,
    );
  });

  it('says that a part of which nothing is declared may be', async () => {
    const only = 'offers: [{name: lab, accelerators: XPU-8:8, price: $10/h}]\n';
    await refuses(planText(TRAINING + only), /XPU-8:8, of which/, /describe it in accelerators/);
  });

  it('asks for an offer of it where there is none, and for the name that was meant', async () => {
    const asks = (name: string): string =>
      `${TRAINING}${XPU}resources: {accelerators: ${name}:8}\n`;
    const catalog = [buildOffer()];
    const offer = /offers: \[\{name: mine, accelerators: XPU-9:8, price: \$10\/h\}\]$/;
    await refuses(planOn(asks('XPU-9'), catalog), /it has H100:8, not XPU-9/, offer);
    await refuses(planOn(asks('XPU-8'), catalog), /called "XPU-8"/, /did you mean XPU-9\?/);
  });

  it('takes what is for hire of a part that only the price lists know', async () => {
    const own = 'accelerators: [{name: gtx-1080, tflops: {fp16: 9}, memory: 8GB}]\n';
    const small = TRAINING.replace('meta-llama/Llama-3.1-8B', '{params: 300M}');
    const offer = buildOffer({
      accelerator: 'GTX1080',
      acceleratorCount: 1,
      acceleratorMemoryGib: 8,
    });
    const plan = await planOn(small + own, [offer]);
    assert.equal(plan.allocations[0]!.offerId, offer.id);
  });
});

describe('kedge demand of a task that declares an accelerator', () => {
  it('lists it, however many are faster, and says what is inherited', () => {
    const file = fileOf(TRAINING + XPU.replace('1200', '40'));
    const lines = describeDemand(demandOf(file));
    assert.ok(lines.some((line) => /^ {2}1 × XPU-9 /.test(line)));
    const text = lines.join(' ').replaceAll(/\s+/g, ' ');
    assert.match(text, /XPU-9 is as declared, else as H100: memory_bandwidth 3\.35TB\/s, /);
    assert.match(text, /fitted coefficients are those of hopper \(H100\)$/);
    assert.ok(lines.every((line) => line.length <= 80));
  });

  it('explains its layouts', () => {
    const file = fileOf(TRAINING + XPU);
    const explained = explainedDemand(demandOf(file), file, { on: 'xpu-9:8' });
    const text = describeExplained(explained).join(' ').replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /^tune: how it comes about on 8 × XPU-9 .* XPU-9 is as declared, else as H100/,
    );
    assert.match(text, /\(1\.2 PFLOP\/s bf16 × 0\.803 ceiling/);
  });
});

function fileOf(text: string): TaskFile {
  return readTasks(text, { file: 'task.yaml' });
}

function planOn(text: string, offers: readonly Offer[]): ReturnType<typeof planTasks> {
  const solver = (): never => assert.fail('no solver is needed');
  return planTasks({ file: fileOf(text), offers, solver, launchableOnly: false });
}

async function refuses(plan: Promise<unknown>, message: RegExp, hint: RegExp): Promise<void> {
  await assert.rejects(plan, (error) => {
    assert.ok(error instanceof KedgeError, String(error));
    assert.match(error.message, message);
    assert.match(error.hint ?? '', hint);
    return true;
  });
}
