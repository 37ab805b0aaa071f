import { ZERO_MICROS } from '../../base/money.ts';
import type { Goal } from '../task.ts';
import { type Form, record, type Values, wrong } from './form.ts';
import { dollars, duration, oneOf } from './scalar-forms.ts';

const word = oneOf(['cost', 'time', 'carbon']);

const priceForm = record({
  hour: { doc: 'What an hour until the end is worth, as $2.', form: dollars },
  kg: { doc: 'What a kilogram of CO2e is worth, as $0.10.', form: dollars },
});

const PRICES = { what: 'a price for hour or kg', example: '{hour: $2, kg: $0.10}' };

type Minimize = Pick<Goal, 'minimize' | 'worth'>;

/** A word, or dollars with a price for what is not money. */
const minimizeForm: Form<Minimize> = {
  read: (node, place) => {
    if (node.kind !== 'map') {
      const minimize = word.read(node, place);
      return minimize === undefined ? undefined : { minimize };
    }
    const worth = priceForm.read(node, place);
    if (worth === undefined) return undefined;
    if (node.entries.length === 0) return wrong(node, place, PRICES);
    const { hour = ZERO_MICROS, kg = ZERO_MICROS } = worth;
    return { minimize: 'weighted', worth: { microsPerHour: hour, microsPerKilogram: kg } };
  },
  schema: { anyOf: [word.schema, priceForm.schema] },
};

const START_KEYS = {
  after: { doc: 'It begins no earlier than this from now, as 2h.', form: duration },
  within: {
    doc: 'It begins no later than this from now, as 12h: then, if it is cheaper then.',
    form: duration,
  },
} as const;

const NOT_HELD = 'a run begins at once; the plan says when it had better begin';

const GOAL_KEYS = {
  minimize: {
    doc: 'What to make least: cost (default), time, carbon; or cost with {hour: $2, kg: $0.10}.',
    form: minimizeForm,
  },
  deadline: { doc: 'The task must be done within this time, as 24h.', form: duration },
  budget: { doc: 'The task may cost this much, as $500.', form: dollars },
  spot: {
    doc: 'Whether spot machines may be used; by default only where `use_spot` says so.',
    form: oneOf(['allow', 'forbid', 'require']),
  },
  start: {
    doc: 'When it may begin, where its offers have later_prices.',
    form: record(START_KEYS),
    notHonored: { why: NOT_HELD, changesRun: true },
  },
} as const;

export const goalForm = record(GOAL_KEYS);

export function goalOf(read: Values<typeof GOAL_KEYS>): Goal {
  return {
    ...(read.minimize ?? { minimize: 'cost' }),
    ...(read.start === undefined ? {} : { start: startOf(read.start) }),
    deadlineMs: read.deadline ?? null,
    budgetMicros: read.budget ?? null,
    spot: read.spot ?? 'allow',
  };
}

function startOf({ after = 0, within = after }: Values<typeof START_KEYS>): Goal['start'] {
  return { afterMs: after, withinMs: within };
}
