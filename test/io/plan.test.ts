import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const H100 = 'resources: {accelerators: H100:8}\nwork: {hours: 2}\n';

/** `kedge.plan/v1` as programs rely on it. */
type WirePlan = {
  readonly schema: string;
  readonly cost_usd: number | null;
  readonly usd_per_hour: number;
  readonly hours: number | null;
  readonly interval: Record<string, number> | null;
  readonly bound: { readonly usd: number; readonly proof: string } | null;
  readonly gap: number | null;
  readonly currency: string;
  readonly allocations: readonly Record<string, unknown>[];
  readonly alternatives: readonly Record<string, unknown>[];
  readonly refusals: readonly Record<string, unknown>[];
};

describe('kedge plan', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  async function plan(file: string, ...options: string[]): Promise<WirePlan> {
    const { code, stdout, stderr } = await home.run(['plan', file, '-o', 'json', ...options]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as WirePlan;
  }

  it('proves that the seed mix costs $5 by the machine and $2 by the hour', async () => {
    for (const [file, cost] of [
      ['task.yaml', 5],
      ['per-hour.yaml', 2],
    ] as const) {
      const { cost_usd: usd, bound, gap } = await plan(join(EXAMPLES, 'seed-mix', file));
      assert.deepEqual([usd, bound, gap], [cost, { usd: cost, proof: 'dp' }, 0]);
    }
  });

  it('answers programs with the keys that they rely on, over the whole catalog', async () => {
    const answer = await plan(home.file('h100.yaml', H100));
    assert.equal(answer.schema, 'kedge.plan/v1');
    assert.equal(answer.currency, 'USD');
    const [line] = answer.allocations;
    assert.deepEqual(Object.keys(line!).toSorted(), ALLOCATION_KEYS.toSorted());
    assert.equal(line!['accelerator'], 'H100');
    assert.equal(answer.cost_usd, Number((2 * Number(line!['usd_per_hour'])).toFixed(6)));
    assert.deepEqual(answer.bound, { usd: answer.cost_usd, proof: 'enumeration' });
    assert.ok(answer.alternatives.length > 3);
    for (const key of ['place', 'code', 'reason', 'have', 'need', 'fix']) {
      assert.ok(
        answer.refusals.every((refusal) => key in refusal),
        key,
      );
    }
  });

  it('states no cost where nothing tells the hours', async () => {
    const task = home.file('open.yaml', 'resources: {accelerators: H100:8}\n');
    const { cost_usd: cost, hours, bound, usd_per_hour: rate } = await plan(task);
    assert.deepEqual([cost, hours, bound], [null, null, null]);
    assert.ok(rate > 0);
  });

  it('plans from the model alone, with an interval around its middle', async () => {
    const answer = await plan(join(EXAMPLES, 'llama-lora', 'task.yaml'));
    const { interval, cost_usd: cost } = answer;
    assert.ok(interval!['cost_low_usd']! < cost! && cost! < interval!['cost_high_usd']!);
    assert.ok(answer.hours! <= 48);
    assert.ok(interval!['hours_high']! <= 48, 'the deadline holds at the upper end');
  });

  it('puts data on stdout and notes on stderr, and names the place with -o name', async () => {
    const task = home.file('image.yaml', `${H100}# \nautostop: 10\n`);
    const noted = home.file('note.yaml', 'resources: {image_id: ami-0123}\nrun: "true"\n');
    assert.equal((await home.run(['plan', task])).code, 2);
    const { code, stdout, stderr } = await home.run(['plan', noted, '-o', 'name']);
    assert.equal(code, 0);
    assert.match(stderr, /note: .*note\.yaml:1: "resources\.image_id" is not honored/);
    assert.equal(stdout.trim().split('\n').length, 1);
  });

  it('what cannot be done exits 1 and names the constraint to relax, and by how much', async () => {
    const task = home.file('late.yaml', `${H100}goal: {deadline: 1h}\n`);
    const { code, stdout, stderr } = await home.run(['plan', task]);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /it may take 2 h, the deadline is 1 h/);
    assert.match(stderr, /hint: .*goal\.deadline: 2h/);
    assert.match(stderr, /code: plan\.infeasible/);
  });

  it('says whether a task should be hauled elsewhere, what that saves and when it has paid', async () => {
    const long = home.file('long.yaml', 'resources: {accelerators: H100:8}\nwork: {hours: 100}\n');
    const { stdout, code } = await home.run(['plan', long, '--from', 'azure']);
    assert.equal(code, 0);
    assert.match(flat(stdout), /Move it from azure\S+ to \S+: it saves \$\d.* in all, .* after \d/);
    const cheapest = (await plan(long)).allocations[0]!['place'];
    const kept = await home.run(['plan', long, '--from', String(cheapest)]);
    assert.match(flat(kept.stdout), /Keep it at .*no place that carries it costs less/);
    const nowhere = await home.run(['plan', long, '--from', 'atlantis']);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /nothing at atlantis can carry/);
  });

  it('keeps data in its jurisdiction', async () => {
    const task = home.file('eu.yaml', `${H100}placement: {residency: EU}\n`);
    const { allocations, refusals } = await plan(task);
    assert.match(String(allocations[0]!['place']), /eu-|europe|FIN|fr-|germany|sweden/i);
    const codes = new Set(refusals.map(({ code }) => code));
    assert.ok(codes.has('residency-violated') && codes.has('unknown-region'));
  });
});

/** Wrapped lines as one. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

const ALLOCATION_KEYS = (
  'task task_name offer_id place provider region zone instance accelerator accelerator_count ' +
  'count spot hours usd_per_hour cost_usd risk billing_increment_s billing_minimum_s estimated ' +
  'launchable source as_of reserves'
).split(' ');
