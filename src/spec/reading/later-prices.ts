import { SECOND_MS } from '../../base/time.ts';
import type { LaterPrice } from '../offer.ts';
import type { InlineOffer, Task } from '../task.ts';
import { list, record, type Values } from './form.ts';
import { entryOf, type MapNode } from './node.ts';
import type { Reading } from './reading.ts';
import { dollarsPerHour, duration } from './scalar-forms.ts';

const PRICE_KEYS = {
  after: { doc: 'From how long from now on, as 5h.', form: duration, required: true },
  price: { doc: 'What it costs then, as $0.80/h.', form: dollarsPerHour, required: true },
} as const;

export const laterPricesForm = list(record(PRICE_KEYS));

/** In order of time; what is not whole is a problem already. */
export function laterPricesOf(
  read: readonly Values<typeof PRICE_KEYS>[] = [],
): Pick<InlineOffer, 'laterPrices'> {
  const prices = read.flatMap(({ after, price }): readonly LaterPrice[] =>
    after === undefined || price === undefined
      ? []
      : [{ fromS: after / SECOND_MS, nanosPerHour: price }],
  );
  return prices.length === 0 ? {} : { laterPrices: prices.toSorted((a, b) => a.fromS - b.fromS) };
}

/** Errors, to the reading: a wait, or prices to wait for, where nothing is planned by them. */
export function requireWaitable(
  { kind, work, goal, offers }: Pick<Task, 'kind' | 'work' | 'goal' | 'offers'>,
  { node, reading }: { readonly node: MapNode; readonly reading: Reading },
): void {
  const changing = offers.filter(({ laterPrices }) => laterPrices !== undefined);
  const noteAt = (key: string, message: string, hint: string): void => {
    const at = entryOf(node, key)?.value.start ?? node.start;
    reading.problem({ code: 'spec.invalid', at, message, hint });
  };
  const { start } = goal;
  if (start !== undefined && start.withinMs < start.afterMs) {
    noteAt('goal', '"goal.start" ends before it begins', 'write start: {after: 2h, within: 12h}');
  }
  if (start === undefined && changing.length === 0) return;
  const key = start === undefined ? 'offers' : 'goal';
  if (kind === 'serve' || (work !== null && 'units' in work)) {
    const what = kind === 'serve' ? 'a service' : 'work in units';
    noteAt(key, `${what} begins now: it has no later start, nor price`, 'state work: {hours: 12}');
  }
  const mixed = changing.find(({ spot, paidHours }) => spot || paidHours !== undefined);
  if (mixed !== undefined) {
    const message = `"${mixed.name}" has later_prices, and is spot or paid for`;
    noteAt('offers', message, 'leave out spot, paid_hours or later_prices');
  }
}
