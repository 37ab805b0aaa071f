import type { PlanTransfer } from '../../spec/plan.ts';
import { moveOf, regionOf, routesByEnds } from './exact/transfer-rows.ts';
import type { Answer } from './model/answer.ts';
import type { Problem } from './model/problem.ts';

/** The data that tasks hand to each other, each from where the one is to where the other is. */
export function planTransfers(problem: Problem, { lines }: Answer): readonly PlanTransfer[] {
  if (problem.transfers.length === 0) return [];
  const routes = routesByEnds(problem.routes);
  const placeOf = (task: number): string => {
    const line = lines.find((one) => one.task === task)!;
    return regionOf(problem.offers[problem.tasks[task]!.work.options[line.option]!.offer]!);
  };
  return problem.transfers.map((transfer) => {
    const { from, to, gigabytes } = transfer;
    const [fromPlace, toPlace] = [placeOf(from), placeOf(to)];
    // The answer was checked: there is a route.
    const { micros: costMicros } = moveOf(transfer, { source: fromPlace, sink: toPlace, routes })!;
    return { from, to, gigabytes, fromPlace, toPlace, costMicros };
  });
}
