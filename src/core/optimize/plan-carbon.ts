import { asMicros, showUsd, usd } from '../../base/money.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { Objective } from './model/problem.ts';
import type { SolvedProblem } from './search/solve-problem.ts';

/** Grams of CO2e that a line emits, or in an hour where it has none; null where nobody says. */
export function lineGrams({ gramsPerHour, count, hours }: PlanAllocation): number | null {
  return gramsPerHour === undefined ? null : gramsPerHour * count * (hours ?? 1);
}

/** What was minimized where that is neither money nor time, and what is proven of it. */
export function objectiveOf(
  { minimize }: Objective,
  { value, bound, gap, proof }: Pick<SolvedProblem, 'value' | 'bound' | 'gap' | 'proof'>,
): Pick<Plan, 'objective'> {
  if (minimize === 'cost' || minimize === 'time') return {};
  const isGrams = minimize === 'carbon';
  const inUnit = (of: number): number => (isGrams ? of : usd(asMicros(Math.floor(of))));
  return {
    objective: {
      unit: isGrams ? 'g' : 'usd',
      value: inUnit(value),
      bound: bound === null ? null : inUnit(bound),
      gap,
      proof,
    },
  };
}

/** What the machines of a plan emit, in words; none where nobody says so of any. */
export function carbonWords({ allocations, hours }: Plan): readonly string[] {
  const grams = allocations.map(lineGrams);
  const known = grams.filter((one) => one !== null);
  if (known.length === 0) return [];
  const emitted = gramsWords(known.reduce((sum, one) => sum + one, 0));
  const per = hours === null ? ' an hour' : '';
  const unknown = allocations.length - known.length;
  const rest = unknown === 0 ? '' : `, and what ${unknown} of the lines emit, which nobody says`;
  return [`  carbon: ${emitted} of CO2e${per}${rest}`];
}

/** A gap that is none to people. */
const NEXT_TO_NOTHING = 1e-6;

/** That nothing is better at what was minimized, in words; null where it was money or time. */
export function objectiveWords({ objective, minimize, hours }: Plan): string | null {
  if (objective === undefined) return null;
  const { unit, value, bound, gap, proof } = objective;
  const per = hours === null ? ' an hour' : '';
  const inUnit = (of: number): string => `${unit === 'g' ? gramsWords(of) : showUsd(of)}${per}`;
  const what =
    minimize === 'carbon'
      ? 'carbon'
      : `cost, with time and carbon at their prices, is ${inUnit(value)}`;
  if (bound === null || gap === null || proof === null) {
    return minimize === 'carbon' ? 'the least carbon that was found' : `${what}, the best found`;
  }
  const within = gap <= NEXT_TO_NOTHING ? '' : ` within ${(100 * gap).toPrecision(2)} %`;
  if (minimize === 'carbon') return `proven${within}: no plan emits less than ${inUnit(bound)}`;
  return `${what}; proven${within}: that of no plan is below ${inUnit(bound)}`;
}

const GRAMS_PER_KILOGRAM = 1000;

function gramsWords(grams: number): string {
  const isLarge = grams >= GRAMS_PER_KILOGRAM;
  const value = isLarge ? grams / GRAMS_PER_KILOGRAM : grams;
  return `${Number(value.toPrecision(3))} ${isLarge ? 'kg' : 'g'}`;
}
