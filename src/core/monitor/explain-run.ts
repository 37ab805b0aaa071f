import { type EpochMs, formatDuration } from '../../base/time.ts';
import type { Bill } from '../../spec/bill.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { QueueWait, Why } from '../../spec/queue.ts';
import type { Attempt, Move, Run } from '../../spec/run.ts';
import { explainCost } from './explain-cost.ts';

export type Explained = {
  readonly run: Run;
  readonly plan: Plan;
  readonly bill: Bill;
  readonly waits: readonly QueueWait[];
  readonly now: EpochMs;
};

type Sentence = Why['sentences'][number];

/** Why a run waits, failed, was moved, cost so much: sentences, what matters most first. */
export function explainRun(told: Explained): readonly Sentence[] {
  return [
    { about: 'state', text: stateOf(told) },
    ...told.run.alarms.map(({ reason }) => ({
      about: 'alarm' as const,
      text: `Alarm: ${reason}.`,
    })),
    ...told.waits.flatMap((wait) => waitSentences(wait, told)),
    ...earlierAttempts(told).map((attempt) => attemptSentence(attempt, told)),
    ...told.run.moves.map(moveSentence),
    ...explainCost(told).map((text) => ({ about: 'cost' as const, text })),
  ];
}

function stateOf({ run, plan, waits, now }: Explained): string {
  const { state, reason } = run;
  const attempt = run.attempts.at(-1);
  const place = attempt === undefined ? null : lineOf(run, plan, attempt).place;
  switch (state) {
    case 'queued':
      if (waits[0] !== undefined) return `It ${waits[0].reason}.`;
      if (reason !== null) return `It is not placed now: ${reason}.`;
      return 'It was asked for just now, and is about to be placed.';
    case 'starting':
      return `It starts at ${place}${since(attempt?.createdAt, now)}.`;
    case 'running':
      return `It runs at ${place}${since(run.startedAt, now)}.`;
    case 'stopping':
      return `It is being stopped: ${run.stopReason ?? 'the user asked for it'}.`;
    case 'ended':
      return endOf(run, place);
  }
}

function endOf(run: Run, place: string | null): string {
  const tookMs = run.startedAt === null ? null : (run.endedAt ?? run.startedAt) - run.startedAt;
  const after = tookMs === null ? ' before it had started' : ` after ${formatDuration(tookMs)}`;
  const where = place === null ? '' : ` at ${place}`;
  const why = run.reason === null ? '' : `: ${run.reason}`;
  switch (run.outcome) {
    case 'succeeded':
      return `It succeeded${after}${where}.`;
    case 'task-failed':
      return `Its task failed${after}${where}${why}.`;
    case 'infra-lost':
      return `It was given up${after}, for its places failed it again and again${why}.`;
    case 'cancelled':
      if (run.reason === 'stopped by the user') return `It was stopped by the user${after}.`;
      return `It was stopped${after}${why}.`;
    default:
      return `It ended${after}${where}${why}.`;
  }
}

function since(at: EpochMs | null | undefined, now: EpochMs): string {
  return at === null || at === undefined ? '' : `, since ${formatDuration(Math.max(0, now - at))}`;
}

const AHEAD_MAX = 3;
const ID_CHARS = 8;

function waitSentences(wait: QueueWait, { now }: Explained): readonly Sentence[] {
  const { position, length, ahead, expectedStart, priority } = wait;
  const named = ahead.slice(0, AHEAD_MAX).map((one) => {
    return `${one.runId.slice(-ID_CHARS)}${one.priority === priority ? '' : ` (priority ${one.priority})`}`;
  });
  const more = position - 1 - named.length;
  const others = [...named, ...(more > 0 ? [`${more} more`] : [])];
  const before = others.length === 0 ? '' : `; ahead of it: ${others.join(', ')}`;
  const line = `It is ${ordinal(position)} of ${length} in line${before}.`;
  const text = expectedStart === null ? UNKNOWN_START : startWords(expectedStart, now);
  return [
    { about: 'wait', text: line },
    { about: 'wait', text },
  ];
}

const UNKNOWN_START =
  'When it starts cannot be told: nothing says how long those before it take ' +
  '(work: {hours: …} in their task files would).';

type Start = NonNullable<QueueWait['expectedStart']>;

function startWords({ lowAt, midAt, highAt, rough }: Start, now: EpochMs): string {
  const low = lowAt <= now ? 'now' : inWords(lowAt - now);
  const interval = lowAt === highAt ? '' : ` (between ${low} and ${inWords(highAt - now)})`;
  const when = midAt <= now ? 'any moment' : `${rough ? 'roughly ' : ''}${inWords(midAt - now)}`;
  return `It is expected to start ${midAt <= now ? 'at' : 'in'} ${when}${interval}.`;
}

function inWords(ms: number): string {
  return formatDuration(Math.max(0, ms));
}

/** The last one of a run that has ended is the end of the run, told first. */
function earlierAttempts({ run }: Explained): readonly Attempt[] {
  const ended = run.attempts.filter((attempt) => attempt.state === 'ended');
  const told = ended.filter((attempt) => attempt.outcome !== 'succeeded');
  return run.state === 'ended' ? told.filter((one) => one !== run.attempts.at(-1)) : told;
}

const ENDS = {
  succeeded: 'succeeded',
  'task-failed': 'failed',
  'infra-lost': 'was lost',
  unknown: 'was lost sight of',
  cancelled: 'was stopped',
  moved: 'was moved away',
} as const;

function attemptSentence(attempt: Attempt, { run, plan }: Explained): Sentence {
  const { place, taskName } = lineOf(run, plan, attempt);
  const nodes = run.nodes.filter((node) => {
    return node.allocation === attempt.allocation && node.attempt === attempt.attempt;
  });
  const culprit = nodes.find((node) => node.outcome === attempt.outcome);
  const ms = (attempt.endedAt ?? attempt.createdAt) - attempt.createdAt;
  const of = plan.allocations.length > 1 && taskName !== null ? ` of ${taskName}` : '';
  const end = ENDS[attempt.outcome ?? 'unknown'];
  const why = culprit?.reason ? `: ${culprit.reason}` : '';
  const text = `Attempt ${attempt.attempt}${of} at ${place} ${end} after ${inWords(ms)}${why}.`;
  return { about: 'attempt', text };
}

function moveSentence({ state, line, reason }: Move): Sentence {
  const to = `to ${line.place}`;
  // Its own words are a sentence: it waits in line for the place where it was.
  if (reason.includes('parked')) return { about: 'move', text: `${sentenceOf(reason)}.` };
  switch (state) {
    case 'asked':
    case 'copied':
      return { about: 'move', text: `It is being moved ${to}: ${reason}.` };
    case 'moved':
      return { about: 'move', text: `It was moved ${to}: ${reason}.` };
    case 'abandoned':
      return { about: 'move', text: `A move ${to} came to nothing: ${reason}.` };
  }
}

function sentenceOf(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** 1st, 2nd, 3rd, 4th, 11th, 21st, … */
export function ordinal(n: number): string {
  const tens = n % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
