import type { Run } from '../spec/run.ts';
import type { Context } from './context.ts';
import type { StatusLine } from './status-line.ts';

/**
 * Says on stderr, once each, what befalls a run that goes on all the same: nodes that are out of
 * sight, attempts that were lost. What lay before the first look is history: `kedge why` tells it.
 */
export function troubleTeller({ io }: Context, status: StatusLine): (run: Run) => void {
  let told: Set<string> | null = null;
  return (run) => {
    const troubles = run.state === 'ended' ? [] : troublesOf(run);
    for (const words of troubles) {
      if (told === null || told.has(words)) continue;
      status.clear();
      io.err(`kedge: ${words}\n`);
    }
    told = new Set([...(told ?? []), ...troubles]);
  };
}

function troublesOf({ attempts, nodes }: Run): readonly string[] {
  const lost = attempts.filter(({ outcome }) => outcome === 'infra-lost');
  const losses = lost.map(({ allocation, attempt }) => {
    const node = nodes.find((one) => {
      return (
        one.allocation === allocation && one.attempt === attempt && one.outcome === 'infra-lost'
      );
    });
    return `attempt ${attempt} was lost: ${node?.reason ?? 'its place is to blame'}; trying again`;
  });
  const hidden = nodes.filter(({ state }) => state === 'unknown');
  return [...losses, ...hidden.map(({ reason }) => `out of sight: ${reason}; looking again`)];
}
