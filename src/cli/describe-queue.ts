import { type EpochMs, formatDuration } from '../base/time.ts';
import type { Queue, QueueWait } from '../spec/queue.ts';

/** Where a run stands in line and when it may start: a line for each of its parts that waits. */
export function queueLines({ waits }: Queue, now: EpochMs): readonly string[] {
  return waits.map((wait) => {
    return `queue    #${wait.position} of ${wait.length}, ${startWords(wait, now)}`;
  });
}

function startWords({ expectedStart }: QueueWait, now: EpochMs): string {
  if (expectedStart === null) return 'starts when those before it have ended';
  const { lowAt, midAt, highAt, rough } = expectedStart;
  const inWords = (at: EpochMs) => (at <= now ? 'now' : formatDuration(at - now));
  const interval = lowAt === highAt ? '' : ` (${inWords(lowAt)} to ${inWords(highAt)})`;
  if (midAt <= now) return `starts at any moment${interval}`;
  return `starts in ${rough ? 'roughly' : 'about'} ${inWords(midAt)}${interval}`;
}
