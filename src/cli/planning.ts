import { gatherOffers } from '../app/gather-offers.ts';
import type { Offer } from '../spec/offer.ts';
import type { TaskFile } from '../spec/task.ts';
import type { Context } from './context.ts';

/**
 * The offers that a task file is planned over: this machine and the bundled catalog; none are
 * loaded where every task brings its own.
 */
export async function planningOffers(
  { wiring }: Context,
  { tasks }: TaskFile,
): Promise<readonly Offer[]> {
  if (tasks.every((task) => task.offers.length > 0)) return [];
  const [feeds, drivers] = await Promise.all([wiring.feeds(), wiring.drivers()]);
  return gatherOffers({ feeds, drivers });
}
