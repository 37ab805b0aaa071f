import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';

/** What the amounts of work of a step depend on: all but the device. */
export type WorkScope = {
  readonly model: Architecture;
  readonly step: TrainingStep;
  readonly layout: ParallelLayout;
  /** Tokens of a micro-batch on one device. */
  readonly tokens: number;
  /** Only adapters are trained. */
  readonly isFrozen: boolean;
};

/** All that the seconds of a step depend on. */
export type StepScope = WorkScope & {
  readonly device: AcceleratorFacts;
  readonly coefficients: TrainingCoefficients;
};

/**
 * Forward, backward and what is computed again, in units of a forward pass. Products: backward
 * twice, for the gradients of inputs and of weights (Kaplan et al., arXiv:2001.08361, section 2.1),
 * once where weights are frozen (Hu et al., LoRA, arXiv:2106.09685). Fused attention computes its
 * scores again, whatever is recomputed beside: 2.5 times the forward pass (Dao, arXiv:2307.08691,
 * section 3.1); where they were written, backward twice as of other products.
 */
export function passesOf({
  isFrozen,
  layout,
  step,
}: Pick<WorkScope, 'isFrozen' | 'layout' | 'step'>): {
  readonly products: number;
  readonly attention: number;
} {
  const again = layout.recompute;
  return {
    products: (isFrozen ? 2 : 3) + (again === 'full' ? 1 : 0),
    attention: (step.writesScores ? 3 : 3.5) + (again === 'none' ? 0 : 1),
  };
}
