import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildOffer, buildResources, buildTask } from '../../spec/build-for-tests.ts';
import type { Resources } from '../../spec/task.ts';
import { estimateDemand } from '../demand/estimate-demand.ts';
import { matchOffers } from './match-offers.ts';

const machine = (provider: string, launchable = true) =>
  buildOffer({ id: provider, place: provider, provider, launchable });
const OFFERS = [machine('local'), machine('docker'), machine('aws', false)];

/** Who can carry it, and why the others cannot. */
function places(parts: Partial<Resources>, allow: readonly string[] = []) {
  const task = buildTask({
    resources: [buildResources(parts)],
    placement: { allow, deny: [], residency: null },
  });
  const demand = estimateDemand(task);
  const { candidates, refusals } = matchOffers({
    task,
    demand,
    offers: OFFERS,
    launchableOnly: false,
  });
  return {
    can: candidates.map(({ offer }) => offer.provider),
    why: refusals.map(({ place, code }) => `${place}: ${code}`),
  };
}

describe('a task and the container that it runs in', () => {
  it('an image rules out what runs commands on the machine itself, and no price list', () => {
    const { can, why } = places({ imageId: 'docker:pytorch/pytorch' });
    assert.deepEqual(can, ['docker', 'aws']);
    assert.deepEqual(why, ['local: container-required']);
  });

  it('without an image a task is not put into a container that lacks its programs', () => {
    const { can, why } = places({});
    assert.deepEqual(can, ['local', 'aws']);
    assert.deepEqual(why, ['docker: container-not-asked']);
  });

  it('who names docker as the place gets one, in the default image', () => {
    assert.deepEqual(places({ places: ['docker'] }).can, ['docker']);
    assert.deepEqual(places({}, ['docker', 'local']).can, ['local', 'docker']);
  });

  it("the image of a provider's machine is none of a container", () => {
    assert.deepEqual(places({ imageId: 'ami-0123' }).can, ['local', 'aws']);
  });
});
