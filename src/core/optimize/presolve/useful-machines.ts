import type { Problem } from '../model/problem.ts';

/**
 * The same problem with no more machines of an offer than all tasks together have a use for: one
 * that does all the work of each. Offers that do not tell how many there are stay so.
 */
export function usefulMachines(problem: Problem): Problem {
  const useful = machinesOfUse(problem);
  const offers = problem.offers.map((offer, index) => {
    if (offer.available === null || offer.available <= useful[index]!) return offer;
    return { ...offer, available: useful[index]! };
  });
  return { ...problem, offers };
}

/** Of each offer; infinite where it is used for something else than divisible work `per: machine`. */
export function machinesOfUse({ offers, tasks }: Problem): readonly number[] {
  const useful = offers.map(() => 0);
  for (const { work, shareMax, providersMin } of tasks) {
    const isFree = shareMax === 1 && providersMin === 1;
    for (const option of work.options) {
      if (work.kind === 'divisible' && work.per === 'machine' && isFree && 'throughput' in option) {
        if (option.throughput <= 0) continue;
        useful[option.offer]! += Math.ceil(work.units / option.throughput);
      } else useful[option.offer] = Infinity;
    }
  }
  return useful;
}
