import type { Generation } from '../accelerators/accelerator-facts.ts';
import type { Prior } from '../calibration/fitted-model.ts';
import type { TrainingCoefficients } from './coefficients.ts';

/** What each coefficient is without measurements, and how sure that is. */
type Belief = Omit<Prior, 'name'>;

/**
 * Shares are of what data sheets state. Sources: `products`, what steps keep of a product's own
 * ceiling beside clocks that fall under load; `traffic` and `elementwise`, operands and results
 * pass memory about once; `attention`, FlashAttention reaches 0.3 to 0.65 of the peak by version
 * (arXiv:2205.14135, 2307.08691, 2407.08608); `launch`, some 30 kernels of a layer at 5 µs each;
 * `routedLaunch`, some 200 of a layer with experts, for many of which the host waits; `link` and
 * `network`, 70 to 85 % of a direction (NCCL's bus bandwidth); `run`, what whole runs take over
 * their steps: checkpoints, evaluation, failures, restarts (Llama 3, arXiv:2407.21783, section
 * 3.3.4: more than 90 % effective; OPT, arXiv:2205.01068: about half). Those of experts were chosen
 * in sight of the one source that measures them.
 */
const BELIEFS: { readonly [name in keyof TrainingCoefficients]: Belief } = {
  products: { mid: 0.85, spread: 0.15 },
  traffic: { mid: 0.8, spread: 0.3 },
  attention: { mid: 0.4, spread: 0.15 },
  elementwise: { mid: 1.3, spread: 0.3 },
  launch: { mid: 1.5e-4, spread: 0.5 },
  routedLaunch: { mid: 3e-3, spread: 0.5 },
  link: { mid: 0.75, spread: 0.2 },
  network: { mid: 0.7, spread: 0.2 },
  tensorExposed: { mid: 0.9, spread: 0.15 },
  expertExposed: { mid: 0.7, spread: 0.4 },
  overlap: { mid: 0.7, spread: 0.3 },
  experts: { mid: 0.6, spread: 0.3 },
  scale: { mid: 0.008, spread: 0.3 },
  casts: { mid: 0.3, spread: 0.6 },
  run: { mid: 1.25, spread: 0.25 },
};

/** Generations that measurements tell apart; all others take the common value. */
const TOLD_APART: readonly Generation[] = [
  ...(['volta', 'ampere', 'ada', 'hopper', 'blackwell'] as const),
  ...(['tpu', 'tpu-v6', 'neuron', 'gaudi'] as const),
];

/** How far generations differ beside their ceilings: in products little, in attention by kernels. */
const DEVIATIONS: Readonly<Record<string, number>> = { products: 0.08, attention: 0.3 };

export const TRAINING_PRIORS: readonly Prior[] = [
  ...Object.entries(BELIEFS).map(([name, belief]) => ({ name, ...belief })),
  ...Object.entries(DEVIATIONS).flatMap(([name, spread]) =>
    TOLD_APART.map((generation) => ({ name: `${name}.${generation}`, mid: 1, spread })),
  ),
];

const NAMES = Object.keys(BELIEFS);

/** Of one generation: the common value times what is its own. */
export function trainingCoefficients(
  all: { readonly [name: string]: number },
  generation: Generation,
): TrainingCoefficients {
  const own: { [name: string]: number } = {};
  for (const name of NAMES) own[name] = all[name]!;
  for (const name of Object.keys(DEVIATIONS)) own[name]! *= all[`${name}.${generation}`] ?? 1;
  return own as TrainingCoefficients;
}

/** Standard deviations of the logarithms of a generation's coefficients: of both parts together. */
export function trainingSpreads(
  all: { readonly [name: string]: number },
  generation: Generation,
): TrainingCoefficients {
  const own: { [name: string]: number } = {};
  for (const name of NAMES) own[name] = all[name]!;
  for (const [name, unmeasured] of Object.entries(DEVIATIONS))
    own[name] = Math.hypot(own[name]!, all[`${name}.${generation}`] ?? unmeasured);
  return own as TrainingCoefficients;
}
