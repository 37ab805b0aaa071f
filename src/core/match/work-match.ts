import type { Demand } from '../../spec/demand.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task, Work } from '../../spec/task.ts';
import { resolveAccelerator } from '../catalog/accelerator-names.ts';
import { servingMix } from '../demand/serving-mix.ts';
import { devicesOf } from './machine-requirements.ts';
import { modelMatch } from './model-match.ts';
import { ONE_STEP, PASSES, type Requirement, type WorkMatch } from './requirement.ts';
import { servingMatch } from './serving-match.ts';
import { keyOf, throughputOf } from './throughput-keys.ts';
import { isTooLarge, tooLargeWords } from './too-large.ts';

/** By what tells how long the task takes: the user's units, stated hours, the model, or nothing. */
export function workMatch(task: Task, demand: Demand): WorkMatch {
  const mix = servingMix(task);
  if (mix !== null) return servingMatch(task, demand, mix);
  if (demand.basis === 'model') return modelMatch(task, demand);
  const { work, numNodes } = demand;
  if (work === null) return stated(numNodes, null);
  if ('units' in work) return divisible(work);
  const match = stated(numNodes, work.hours);
  return work.on === null ? match : { ...match, requirements: [measuredOn(work.on)] };
}

function stated(machines: number, hours: number | null): WorkMatch {
  const interval = hours === null ? null : { low: hours, mid: hours, high: hours };
  return {
    requirements: [],
    waysOf: (offer) => [{ offer, machines, hours: interval, throughput: null }],
  };
}

/** Hours that were measured on one kind of device hold for that kind alone. */
function measuredOn(on: { readonly name: string; readonly count: number }): Requirement {
  const { name, count } = resolveAccelerator(on);
  return {
    code: 'throughput-unknown',
    distance: (offer) =>
      offer.accelerator === name && offer.acceleratorCount === count ? PASSES : ONE_STEP,
    words: (offer) => ({
      reason: `work.hours were measured on ${name}:${count}, and it has ${devicesOf(offer)}`,
      have: devicesOf(offer),
      need: `${name}:${count}`,
      fix: `state work: {units, per, throughput} with an entry for ${keyOf(offer)}`,
    }),
  };
}

type UnitWork = Extract<Work, { readonly units: number }>;

function divisible(work: UnitWork): WorkMatch {
  const throughput = throughputOf(work.throughput);
  return {
    requirements: [
      {
        code: 'throughput-unknown',
        distance: (offer) => (throughput(offer) === null ? ONE_STEP : PASSES),
        words: (offer) => ({
          reason: `work.throughput has no entry for ${keyOf(offer)}`,
          have: null,
          need: `units on ${keyOf(offer)}`,
          fix: `add ${keyOf(offer)} to work.throughput`,
        }),
      },
      tooLargeAlone(work, throughput),
    ],
    waysOf: (offer) => [{ offer, machines: 1, hours: null, throughput: throughput(offer) }],
  };
}

/** One machine, or one at a time, must be able to do it all within what can be reckoned with. */
function tooLargeAlone(
  { units }: UnitWork,
  throughput: (offer: Offer) => number | null,
): Requirement {
  const aloneOn = (offer: Offer) => ({
    usdPerHour: offer.nanosPerHour / 1e9,
    hours: units / (throughput(offer) ?? units),
  });
  return {
    code: 'too-large',
    distance: (offer) => {
      const { usdPerHour, hours } = aloneOn(offer);
      return isTooLarge(usdPerHour, hours) ? ONE_STEP : PASSES;
    },
    words: (offer) => tooLargeWords(aloneOn(offer)),
  };
}
