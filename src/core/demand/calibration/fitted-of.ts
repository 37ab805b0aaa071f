import { FITTED_TABLE } from './fitted-coefficients.ts';
import type { FittedModel } from './fitted-model.ts';
import { type ErrorShares, NO_SHARES } from './learn-from-measurement.ts';
import type { Fitted, IntervalWidth } from './predictive-spread.ts';

let byModel: ReadonlyMap<string, Fitted> | undefined;

/** What measurements made of a model; without any, its priors, and no interval is known then. */
export function fittedOf({ name, priors }: Pick<FittedModel, 'name' | 'priors'>): Fitted {
  byModel ??= readFitted(FITTED_TABLE);
  const known = byModel.get(name);
  if (known !== undefined) return known;
  return {
    coefficients: Object.fromEntries(priors.map((prior) => [prior.name, prior.mid])),
    spreads: Object.fromEntries(priors.map((prior) => [prior.name, prior.spread])),
    widths: {},
    shares: NO_SHARES,
  };
}

const SHARES = 'shares: ';

/** The table of the product, as `npm run calibrate` writes it. */
export function readFitted(table: string): ReadonlyMap<string, Fitted> {
  const models = new Map<string, Fitted>();
  for (const text of table
    .trim()
    .split(/^model /m)
    .slice(1)) {
    const [name, ...lines] = text.trim().split('\n');
    const coefficients: { [name: string]: number } = {};
    const spreads: { [name: string]: number } = {};
    const widths: { [key: string]: IntervalWidth } = {};
    let shares: ErrorShares = NO_SHARES;
    for (const line of lines) {
      const [, key, values] = /^(?:width (.*):|\S+) (.+)$/.exec(line)!;
      const [first, second, third, fourth] = values!.split(' ').map(Number);
      if (key !== undefined) {
        widths[key] = { floor: first!, doubling: second!, below: third!, above: fourth! };
        continue;
      }
      if (line.startsWith(SHARES)) {
        shares = { task: first!, generation: second!, device: third! };
        continue;
      }
      const coefficient = line.slice(0, line.indexOf(' '));
      coefficients[coefficient] = first!;
      spreads[coefficient] = second!;
    }
    models.set(name!, { coefficients, spreads, widths, shares });
  }
  return models;
}
