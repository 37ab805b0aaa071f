import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';

/** All that the seconds of a step depend on. */
export type StepScope = {
  readonly model: Architecture;
  readonly step: TrainingStep;
  readonly device: AcceleratorFacts;
  readonly layout: ParallelLayout;
  readonly coefficients: TrainingCoefficients;
  /** Tokens of a micro-batch on one device. */
  readonly tokens: number;
  /** Only adapters are trained. */
  readonly isFrozen: boolean;
};

/** Forward, backward and what is computed again, in units of a forward pass. */
export function passesOf({ isFrozen, layout }: StepScope): {
  readonly products: number;
  readonly attention: number;
} {
  const again = layout.recompute;
  return {
    products: (isFrozen ? 2 : 3) + (again === 'full' ? 1 : 0),
    // Its backward pass computes scores again: 2.5 times the forward one (Dao, arXiv:2307.08691,
    // section 3.1).
    attention: 3.5 + (again === 'none' ? 0 : 1),
  };
}
