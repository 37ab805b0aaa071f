import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { buildOffer, buildTask } from '../../../spec/build-for-tests.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { Task } from '../../../spec/task.ts';
import { estimateDemand } from '../../demand/estimate-demand.ts';
import { wayCost } from '../../match/hire-cost.ts';
import { matchOffers } from '../../match/match-offers.ts';
import { spotPricing } from './price-spot.ts';

const CHECKPOINT = { path: '/ckpt', intervalMs: null, sizeBytes: 6e9 };
const SPOT = buildOffer({ id: 'spot', spot: true, nanosPerHour: rateFromUsd(1) });
const ON_DEMAND = buildOffer({ id: 'on-demand', nanosPerHour: rateFromUsd(3) });

type Asked = {
  readonly task?: Partial<Task>;
  readonly deadlineH?: number;
  readonly spot?: Task['goal']['spot'];
  readonly offers?: readonly Offer[];
  readonly interruptions?: number;
};

function taskFor({ task = {}, deadlineH, spot = 'allow' }: Asked): Task {
  const deadlineMs = deadlineH === undefined ? null : deadlineH * HOUR_MS;
  const goal = { ...buildTask().goal, deadlineMs, spot };
  return buildTask({ checkpoint: CHECKPOINT, ...task, goal });
}

/** A day of work on one machine on spot. */
function priced(asked: Asked, way: Partial<Candidate> = {}): Candidate {
  const { offers = [SPOT, ON_DEMAND], interruptions } = asked;
  const whole = { offer: SPOT, machines: 1, hours: exactly(24), throughput: null };
  return spotPricing(taskFor(asked), offers, interruptions)({ ...whole, ...way });
}

function exactly(hours: number) {
  return { low: hours, mid: hours, high: hours };
}

function costOf(way: Candidate): number {
  return wayCost(way, way.hours!.mid);
}

describe('what a way on spot is expected to take and cost', () => {
  it('counts waits as time, and pays for none of them', () => {
    const { hours, spotRun } = priced({});
    assert.ok(hours!.mid > spotRun!.spotHours && spotRun!.spotHours > 24);
    assert.ok(spotRun!.preemptions > 1 && spotRun!.checkpointEveryS! > 60);
    assert.equal(costOf(priced({})), Math.round(Math.ceil(spotRun!.spotHours * 3600) / 0.0036));
  });

  it('is bridged on demand as far as a deadline asks for, at the price of the same machine', () => {
    const cheaper = buildOffer({ id: 'elsewhere', region: 'x', nanosPerHour: rateFromUsd(2) });
    const { hours, spotRun } = priced({ deadlineH: 30, offers: [SPOT, cheaper, ON_DEMAND] });
    assert.equal(spotRun!.onDemand!.offerId, 'on-demand');
    assert.ok(spotRun!.onDemandHours > 0 && spotRun!.spotHours > 0);
    assert.ok(hours!.mid <= 30);
  });

  it('takes longer than the deadline where spot is required, and says for how long', () => {
    const { hours, spotRun } = priced({ deadlineH: 30, spot: 'require' });
    assert.equal(spotRun!.onDemand, null);
    assert.equal(hours!.mid, priced({ spot: 'require' }).hours!.mid);
    assert.ok(hours!.mid > 30);
  });

  it('takes no machine on demand that costs more an hour than the task allows', () => {
    const [resources] = buildTask().resources;
    const most = { ...resources!, maxNanosPerHour: rateFromUsd(2) };
    assert.equal(priced({ task: { resources: [most] } }).spotRun!.onDemand, null);
  });

  it('without a checkpoint loses all of the work, with one only what was not saved', () => {
    const lost = priced({ task: { checkpoint: null }, spot: 'require' });
    assert.ok(lost.hours!.mid > 20 * priced({ spot: 'require' }).hours!.mid);
    assert.equal(lost.spotRun!.checkpointEveryS, null);
  });

  it('that would hardly ever end is refused, and let in by a checkpoint', () => {
    const refusals = (checkpoint: Task['checkpoint']) => {
      const task = taskFor({
        task: { checkpoint, work: { hours: 24, on: null } },
        spot: 'require',
      });
      const [demand, expect] = [estimateDemand(task), spotPricing(task, [SPOT])];
      return matchOffers({ task, demand, offers: [SPOT], launchableOnly: false, expect }).refusals;
    };
    const [refused] = refusals(null);
    assert.equal(refused!.code, 'too-large');
    assert.match(refused!.reason, /hardly ever come to its end/);
    assert.match(refused!.fix, /^checkpoint: \{path/);
    assert.deepEqual(refusals(CHECKPOINT), []);
  });

  it('keeps the interval that the task states', () => {
    const checkpoint = { ...CHECKPOINT, intervalMs: HOUR_MS };
    const stated = priced({ task: { checkpoint } });
    assert.equal(stated.spotRun!.checkpointEveryS, 3600);
    assert.ok(costOf(stated) > costOf(priced({})));
  });

  it('does less in each paid hour of work that machines share, and under a deadline pays waits', () => {
    const work = { units: 100, per: 'hour' as const, throughput: { cpu: 10 } };
    const shared = { hours: null, throughput: 10 };
    const free = priced({ task: { work } }, shared);
    const timed = priced({ task: { work }, deadlineH: 24 }, shared);
    assert.ok(free.throughput! < 10 && timed.throughput! < free.throughput!);
    assert.equal(free.spotRun!.hours, 1);
    const perMachine = { ...work, per: 'machine' as const };
    assert.equal(priced({ task: { work: perMachine } }, shared).throughput, 10);
  });

  it('takes waits as paid where the price of spot is to change', () => {
    const offer = { ...SPOT, laterPrices: [{ fromS: 3600, nanosPerHour: rateFromUsd(2) }] };
    const way = priced({ deadlineH: 30 }, { offer });
    assert.equal(way.spotRun, undefined);
    assert.equal(way.hours!.mid, priced({ spot: 'require' }).hours!.mid);
  });

  it('leaves what is never interrupted, on demand, or of unknown length as it was', () => {
    assert.deepEqual(priced({ interruptions: 0 }), {
      offer: SPOT,
      machines: 1,
      hours: exactly(24),
      throughput: null,
    });
    assert.equal(priced({}, { offer: ON_DEMAND }).spotRun, undefined);
    assert.equal(priced({}, { hours: null }).spotRun, undefined);
  });

  it('more interruptions or an earlier deadline never make it cheaper', () => {
    const cost = (asked: Asked, work: number): number => {
      const way = priced(asked, { hours: exactly(work) });
      // To the digit in which a deadline in milliseconds is the same in hours.
      return way.hours!.mid <= (asked.deadlineH ?? Infinity) + 1e-9 ? costOf(way) : Infinity;
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.constantFrom('allow', 'require'),
        (work, slack, interruptions, factor, spot) => {
          const asked = { deadlineH: work * slack + 0.2, interruptions, spot } as const;
          const here = cost(asked, work);
          const units = { units: 100, per: 'hour' as const, throughput: { cpu: 10 } };
          const done = (rate: number) =>
            priced({ interruptions: rate, task: { work: units } }, { hours: null, throughput: 10 });
          const most = done(interruptions).throughput!;
          assert.ok(done(interruptions * factor).throughput! <= most && most <= 10);
          const later = { ...asked, deadlineH: asked.deadlineH * factor };
          const more = { ...asked, interruptions: interruptions * factor };
          // A second that is begun is paid: of spot, and of on-demand.
          const begun = 2 * Math.ceil(3e6 / 3600);
          assert.ok(cost(later, work) <= here + begun);
          assert.ok(cost(more, work) >= here - begun);
        },
      ),
      { numRuns: 25 },
    );
  });
});
