import type { EpochMs } from '../../base/time.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { NodeSeries } from '../../spec/sample.ts';
import { type LaunchView, nodeKey } from '../launch/launch-view.ts';
import { judgeNode, judgeTask, type Verdict } from './alarms.ts';
import { endOfAllocation } from './expected-end.ts';
import { taskCost } from './run-cost.ts';

/** What is wrong with a run: with each node that runs, and with each task that has one. */
export function judgeRun(
  view: LaunchView,
  seriesByNode: ReadonlyMap<string, NodeSeries>,
): readonly Verdict[] {
  const { run, plan, file, now } = view;
  const running = run.nodes.filter((node) => node.state === 'running');
  const ofNodes = running.flatMap((node) => {
    const series = seriesByNode.get(nodeKey(node));
    const gpusHired = lineOf(run, plan, node).acceleratorCount;
    return series === undefined ? [] : judgeNode({ series, now, gpusHired });
  });
  const ofTasks = file.tasks.flatMap((task, index) => {
    const lines = [...plan.allocations.keys()].filter(
      (line) => plan.allocations[line]!.task === index,
    );
    if (!running.some(({ allocation }) => lines.includes(allocation))) return [];
    const ends = lines.flatMap((line) => endOfAllocation(view, line, seriesByNode) ?? []);
    const endsAt = ends.length === 0 ? null : (Math.max(...ends) as EpochMs);
    const { deadlineMs, budgetMicros } = task.goal;
    return judgeTask({
      allocation: lines[0]!,
      now,
      runCreatedAt: run.createdAt,
      endsAt,
      deadlineMs,
      budgetMicros,
      costMicros: endsAt === null ? null : taskCost(run, plan, { task: index, at: endsAt }),
    });
  });
  return [...ofNodes, ...ofTasks];
}
