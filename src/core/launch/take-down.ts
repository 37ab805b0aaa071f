import { close, type Step, stopNodes, worst } from './attempt-steps.ts';
import { type LaunchView, nodesOf } from './launch-view.ts';

/**
 * The next steps of a run that Kedge fails on again and again: stop what lives, close what has
 * ended, then end it. Neither its task nor what it has planned next is asked, for the fault may lie
 * there; but no row is closed before its machine is gone, here as everywhere.
 */
export function takeDown(view: LaunchView, reason: string): readonly Step[] {
  const { run } = view;
  if (run.state === 'ended') return [];
  const open = run.attempts.filter(({ state }) => state !== 'ended');
  if (open.length === 0) return [lastWord(view, reason)];
  return open.flatMap((attempt) => {
    const nodes = nodesOf(run, attempt);
    const isOver = nodes.every(({ state }) => state === 'ended');
    if (isOver) return [close(attempt, worst(nodes), nodes)];
    return stopNodes(view, nodes, 'Kedge fails on its run');
  });
}

/** Whoever has asked for it to stop has been heard; of any other nobody can say how it went. */
export function lastWord({ run }: LaunchView, reason: string): Step {
  const outcome = run.stopRequested ? 'cancelled' : 'unknown';
  return {
    intent: [{ type: 'run.ended', data: { outcome, exitCode: null, reason } }],
    act: [],
  };
}
