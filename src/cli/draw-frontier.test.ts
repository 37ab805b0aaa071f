import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, asRate } from '../base/money.ts';
import type { Frontier, FrontierPlan } from '../spec/frontier.ts';
import { describeFrontier, drawFrontier } from './draw-frontier.ts';
import { frontierSvg } from './frontier-svg.ts';

function plan(hours: number, usd: number, offerId = 'aws/us-east-1/m<7>'): FrontierPlan {
  const line = {
    task: 0,
    option: 0,
    offer: 0,
    taskName: null,
    offerId,
    provider: 'aws',
    region: null,
    zone: null,
    spot: false,
    machines: 2,
    hours,
    startS: 0,
    nanosPerHour: asRate(1),
    costMicros: asMicros(usd * 1e6),
    shares: null,
  };
  const costMicros = asMicros(usd * 1e6);
  return { hours, deadlineHours: hours, costMicros, boundMicros: costMicros, lines: [line, line] };
}

const PLANS = [plan(1, 9), plan(2, 5), plan(4, 3)];

const frontier = (parts: Partial<Frontier> = {}): Frontier => ({
  schema: 'kedge.frontier/v1',
  name: 'a & b',
  isWhole: true,
  plans: PLANS,
  worth: [],
  ...parts,
});

describe('the frontier in a terminal', () => {
  it('has the fastest at the top left and the cheapest at the bottom right', () => {
    const rows = drawFrontier(PLANS, 40);
    assert.match(rows[0]!, /^\$9\.00 │●$/);
    assert.match(rows[10]!, /^\$3\.00 │ +●$/);
    assert.equal(rows.join('').split('●').length - 1, 3);
    assert.ok(rows.every((row) => row.length <= 40));
  });

  it('names the machines of each plan once, and what more of a limit is worth', () => {
    const worth = [
      { more: 'one more hour until the deadline', savesMicros: asMicros(2e6) },
      { more: 'one more dollar of budget', savesMicros: asMicros(0) },
    ];
    const text = describeFrontier(frontier({ worth }), 80);
    assert.match(text, /^1h +\$9\.00 +4 × aws\/us-east-1\/m<7>$/m);
    assert.match(text, /nothing lies between them/);
    assert.match(text, /^one more hour until the deadline: saves \$2\.00$/m);
    assert.match(text, /^one more dollar of budget: saves nothing$/m);
  });

  it('says when there are more plans than it shows', () => {
    assert.match(describeFrontier(frontier({ isWhole: false }), 80), /more of them lie between/);
  });

  it('of a single plan is no picture', () => {
    assert.doesNotMatch(describeFrontier(frontier({ plans: [plan(1, 1)] }), 80), /│/);
  });
});

describe('the frontier as a picture', () => {
  it('has a dot for each plan, lower for the cheaper, and no name of a user breaks it', () => {
    const svg = frontierSvg(frontier());
    const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((one) =>
      one.slice(1).map(Number),
    );
    assert.equal(dots.length, 3);
    assert.ok(dots[0]![0]! < dots[2]![0]! && dots[0]![1]! < dots[2]![1]!);
    assert.match(svg, /a &amp; b: cost against time/);
    assert.doesNotMatch(svg, /m<7>/);
  });
});
