import type { RefusalCode } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { AcceleratorRequest, Amount, Resources } from '../../spec/task.ts';
import { resolveAccelerator } from '../catalog/accelerator-names.ts';
import { ONE_STEP, PASSES, type Requirement, shortfall } from './requirement.ts';

/** What one alternative of `resources`, with one of its accelerators, asks of a machine. */
export function machineRequirements(
  resources: Resources,
  accelerator: AcceleratorRequest | null,
): readonly Requirement[] {
  return [
    ...(accelerator === null ? [] : acceleratorRequirements(accelerator)),
    ...(resources.instanceType === null ? [] : [instanceRequirement(resources.instanceType)]),
    ...(resources.cpus === null ? [] : amountRequirements(CPUS, resources.cpus)),
    ...(resources.memoryGib === null ? [] : amountRequirements(MEMORY, resources.memoryGib)),
  ];
}

/** At least so many devices of that name in one machine. */
function acceleratorRequirements(request: AcceleratorRequest): readonly Requirement[] {
  const { name, count } = resolveAccelerator(request);
  return [
    {
      code: 'accelerator-mismatch',
      distance: (offer) => (offer.accelerator === name ? PASSES : deviceDistance(offer, count)),
      words: (offer) => ({
        reason: `it has ${devicesOf(offer)}, not ${name}`,
        have: offer.accelerator,
        need: name,
        fix:
          offer.accelerator === null
            ? 'ask for no accelerator'
            : `ask for accelerators: ${devicesOf(offer)}`,
      }),
    },
    {
      code: 'accelerator-too-few',
      distance: (offer) =>
        offer.accelerator === name ? shortfall(offer.acceleratorCount, count) : PASSES,
      words: (offer) => ({
        reason: `it has ${offer.acceleratorCount} × ${name} in one machine, ${count} needed`,
        have: offer.acceleratorCount,
        need: count,
        fix: `ask for accelerators: ${name}:${offer.acceleratorCount}, on more nodes`,
      }),
    },
  ];
}

/** Among offers of another device, one with as many devices is nearer; one with none is farthest. */
function deviceDistance(offer: Offer, count: number): number {
  if (offer.accelerator === null) return 3 * ONE_STEP;
  return offer.acceleratorCount === count ? ONE_STEP : 2 * ONE_STEP;
}

export function devicesOf({ accelerator, acceleratorCount }: Offer): string {
  return accelerator === null ? 'no accelerator' : `${accelerator}:${acceleratorCount}`;
}

function instanceRequirement(instanceType: string): Requirement {
  return {
    code: 'instance-mismatch',
    distance: (offer) => (offer.instance === instanceType ? PASSES : ONE_STEP),
    words: (offer) => ({
      reason: `it is ${offer.instance ?? 'of no named type'}, not ${instanceType}`,
      have: offer.instance,
      need: instanceType,
      fix: offer.instance === null ? 'leave out instance_type' : `instance_type: ${offer.instance}`,
    }),
  };
}

/** A quantity of the whole machine that a task may ask for. */
type Quantity = {
  readonly key: 'cpus' | 'memory';
  readonly unit: string;
  readonly of: (offer: Offer) => number | null;
  readonly unknown: RefusalCode;
  readonly tooSmall: RefusalCode;
  readonly mismatch: RefusalCode;
};

const CPUS: Quantity = {
  key: 'cpus',
  unit: 'vCPUs',
  of: (offer) => offer.vcpus,
  unknown: 'unknown-cpus',
  tooSmall: 'cpus-too-few',
  mismatch: 'cpus-mismatch',
};

const MEMORY: Quantity = {
  key: 'memory',
  unit: 'GiB of memory',
  of: (offer) => offer.memoryGib,
  unknown: 'unknown-memory',
  tooSmall: 'memory-too-small',
  mismatch: 'memory-mismatch',
};

/**
 * `8+` asks for at least so much; a bare `8` picks machine types of exactly that size, as in
 * SkyPilot, and at least that much of a machine that is of no type, as one's own.
 */
function amountRequirements(quantity: Quantity, amount: Amount): readonly Requirement[] {
  const { key, unit, of } = quantity;
  const need = amount.value;
  const unknown: Requirement = {
    code: quantity.unknown,
    distance: (offer) => (of(offer) === null ? ONE_STEP : PASSES),
    words: () => ({
      reason: `its price list does not tell its ${unit}, at least ${need} needed`,
      have: null,
      need,
      fix: `leave out ${key}, for what is not known never satisfies`,
    }),
  };
  const tooSmall: Requirement = {
    code: quantity.tooSmall,
    distance: (offer) => shortfall(of(offer) ?? need, need),
    words: (offer) => ({
      reason: `it has ${of(offer)} ${unit}, at least ${need} needed`,
      have: of(offer),
      need,
      fix: `${key}: ${of(offer)}+`,
    }),
  };
  if (amount.atLeast) return [unknown, tooSmall];
  const mismatch: Requirement = {
    code: quantity.mismatch,
    distance: (offer) => {
      const have = of(offer);
      const exact = offer.instance !== null;
      return exact && have !== null && have > need ? (have - need) / need : PASSES;
    },
    words: (offer) => ({
      reason: `it has ${of(offer)} ${unit}, exactly ${need} were asked for`,
      have: of(offer),
      need,
      fix: `${key}: ${need}+`,
    }),
  };
  return [unknown, tooSmall, mismatch];
}
