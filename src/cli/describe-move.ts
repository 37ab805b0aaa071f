import { charge, showUsd, usd, usdPerUnit } from '../base/money.ts';
import { formatDuration, HOUR_MS } from '../base/time.ts';
import { formatBytes } from '../base/units.ts';
import type { Plan, PlanAllocation } from '../spec/plan.ts';
import type { Attempt, Move, Run, RunNode } from '../spec/run.ts';

/** A move that has come to its end, with the attempts before and after it. */
export type MoveStory = {
  readonly run: Run;
  readonly plan: Plan;
  readonly move: Move;
  readonly from: { readonly line: PlanAllocation; readonly attempt: Attempt } | null;
  readonly to: Attempt | null;
};

/** What a move cost, lost and will save, in lines for people. */
export function describeMove(story: MoveStory): readonly string[] {
  const { move, from } = story;
  if (move.state !== 'moved') return [];
  const where = `${from?.line.offerId ?? 'the queue'} → ${move.line.offerId}`;
  return [where, ...carried(story), ...lost(story), ...cost(story), ...saving(story)];
}

function carried({ move }: MoveStory): readonly string[] {
  if (move.bytes === null || move.bytes === 0) return [];
  return [`  carried  ${formatBytes(move.bytes)} of checkpoint, compared byte by byte`];
}

/** Neither place works between the end at the one and the start at the other. */
function lost({ run, from, to, move }: MoveStory): readonly string[] {
  const ended = Math.max(
    0,
    ...nodesOf(run, from?.attempt ?? null).map((node) => node.endedAt ?? 0),
  );
  const started = Math.max(0, ...nodesOf(run, to).map((node) => node.startedAt ?? 0));
  if (ended === 0 || started === 0) return [];
  const still = `  lost     ${formatDuration(Math.max(0, started - ended))} of standing still`;
  const noCheckpoint = move.bytes === null || move.bytes === 0;
  return [noCheckpoint ? `${still}, and all that it had not written down` : still];
}

/** From the wish to the start at the new place, what is hired twice or for nothing. */
function cost({ run, from, to, move }: MoveStory): readonly string[] {
  if (from === null || to === null) return [];
  const winding = nodesOf(run, from.attempt).map((node) => {
    const ms = Math.max(0, (node.endedAt ?? 0) - Math.max(move.requestedAt, node.startedAt ?? 0));
    return charge(from.line.nanosPerHour, { of: ms, per: HOUR_MS });
  });
  const total = winding.reduce<number>((sum, micros) => sum + micros, 0);
  return [`  cost     ${showUsd(usd(total as (typeof winding)[number]))} while it wound down`];
}

function saving({ from, move }: MoveStory): readonly string[] {
  if (from === null) return [];
  const hourly =
    usdPerUnit(from.line.nanosPerHour) * from.line.count -
    usdPerUnit(move.line.nanosPerHour) * move.line.count;
  const word = hourly >= 0 ? 'saves' : 'costs';
  const more = hourly >= 0 ? '' : ' more';
  return [`  ${word}    ${showUsd(Math.abs(hourly))}${more} an hour from here on`];
}

function nodesOf(run: Run, attempt: Attempt | null): readonly RunNode[] {
  if (attempt === null) return [];
  return run.nodes.filter((node) => {
    return node.allocation === attempt.allocation && node.attempt === attempt.attempt;
  });
}
