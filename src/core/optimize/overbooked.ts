import type { Offer } from '../../spec/offer.ts';
import { sharingGroups } from './model/sharing-groups.ts';
import type { Hired } from './plan-of.ts';

/** Whether tasks that were solved each by itself take more of an offer together than there is. */
export function isOverbooked(
  needs: readonly (readonly number[])[],
  hired: readonly Hired[],
): boolean {
  const limited = hired.flatMap(({ problem, lines }) =>
    lines
      .filter(({ candidate }) => candidate.offer.available !== null)
      .map(({ candidate: { offer }, machines }) => ({ task: problem.index, offer, machines })),
  );
  const sharers = Map.groupBy(limited, ({ offer }) => offer);
  if ([...sharers.values()].every((lines) => lines.length < 2)) return false;
  const groups = sharingGroups(needs);
  return [...sharers].some(([offer, lines]) => isShort(offer, lines, groups));
}

function isShort(
  { available }: Offer,
  lines: readonly { readonly task: number; readonly machines: number }[],
  groups: readonly number[],
): boolean {
  return [...Map.groupBy(lines, ({ task }) => groups[task]).values()].some(
    (together) => together.reduce((sum, { machines }) => sum + machines, 0) > available!,
  );
}
