import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { Answer, AnswerLine } from '../model/answer.ts';
import type { Problem, ProblemOffer } from '../model/problem.ts';
import { finishWork } from './finish-work.ts';
import type { Hired, Part } from './part.ts';
import { scheduled } from './scheduled.ts';

/** A share below this is what floating point leaves of nothing. */
const SHARE_LEAST = 1e-7;
/** Of a billing increment. */
const MOMENT = 1e-6;

/** The answer that the values of the columns stand for. */
export function readAnswer(
  problem: Problem,
  parts: readonly Part[],
  values: readonly number[],
): Answer {
  const lines = parts.flatMap((part) => linesOf(problem, part, values));
  const byTask = Map.groupBy(lines, ({ task }) => task);
  return scheduled(
    problem,
    [...byTask].flatMap(([task, own]) => finishWork(problem, task, own)),
  );
}

function linesOf(
  problem: Problem,
  { task, option, offer, hired }: Part,
  values: readonly number[],
): readonly AnswerLine[] {
  const line = (some: Pick<AnswerLine, 'machines' | 'hours'> & Partial<AnswerLine>) => ({
    task,
    option,
    startS: 0,
    shares: null,
    ...some,
  });
  const count = (column: number | null) => (column === null ? 0 : Math.round(values[column]!));
  switch (hired.kind) {
    case 'choice': {
      const { machines, hours, startS } = hired;
      return count(hired.column) === 1 ? [line({ machines, hours, startS })] : [];
    }
    case 'machines': {
      const { column, startS } = hired;
      return count(column) === 0 ? [] : [line({ machines: count(column), hours: 1, startS })];
    }
    case 'increments':
      return incrementLines(hired, values).map(line);
    case 'blocks':
      return blockLines(
        problem.offers[offer]!,
        hired.blocks
          .filter(({ used }) => count(used) === 1)
          .map(({ size, seconds }) => ({
            machines: size,
            hours: paidHours(problem.offers[offer]!, values[seconds]!),
          }))
          .filter(({ hours }) => hours > 0),
      ).map(line);
    case 'serving': {
      const machines = count(hired.column);
      const shares = hired.shares.map((column) => (column === null ? 0 : shareOf(values[column]!)));
      return machines === 0 ? [] : [line({ machines, hours: hired.hours, shares })];
    }
  }
}

type Lasting = Pick<AnswerLine, 'machines' | 'hours'>;

/**
 * As few machines as the window allows, with increments as even as they can be; one of them stops
 * when the work is done.
 */
function incrementLines(
  hired: Extract<Hired, { kind: 'increments' }>,
  values: readonly number[],
): readonly Lasting[] {
  const { increments, seconds, untilEnd, windowS, incrementS, each } = hired;
  const count = (column: number | null) => (column === null ? 0 : Math.round(values[column]!));
  const wholes = count(increments);
  const machines = wholes === 0 ? 0 : Math.ceil(wholes / each);
  const least = machines === 0 ? 0 : Math.floor(wholes / machines);
  const longer = wholes - least * machines;
  const unusedS = seconds === null ? 0 : Math.max(0, wholes * incrementS - values[seconds]!);
  const stopsAtS = least * incrementS - unusedS;
  const stopping = machines > longer && unusedS > 0 && stopsAtS > 0 ? 1 : 0;
  return [
    { machines: count(untilEnd), hours: windowS / SECONDS_PER_HOUR },
    { machines: longer, hours: ((least + 1) * incrementS) / SECONDS_PER_HOUR },
    { machines: machines - longer - stopping, hours: (least * incrementS) / SECONDS_PER_HOUR },
    { machines: stopping, hours: stopsAtS / SECONDS_PER_HOUR },
  ].filter((line) => line.machines > 0);
}

/** A moment into an increment is what floating point adds to the one before, and is not begun. */
function paidHours({ billingIncrementS }: ProblemOffer, seconds: number): number {
  const whole = Math.floor(seconds / billingIncrementS) * billingIncrementS;
  const isMoment = whole > 0 && seconds - whole < MOMENT * billingIncrementS;
  return (isMoment ? whole : seconds) / SECONDS_PER_HOUR;
}

/**
 * Machines that are billed alike are one line, as long as they work on average: as much is done,
 * none works longer than the longest did, and a line is rounded once.
 */
function blockLines(offer: ProblemOffer, blocks: readonly Lasting[]): readonly Lasting[] {
  const alike = Map.groupBy(blocks, ({ hours }) => billedSeconds(offer, hours));
  return [...alike.values()].map((own) => {
    const machines = own.reduce((sum, block) => sum + block.machines, 0);
    const hours = own.reduce((sum, block) => sum + block.machines * block.hours, 0);
    return { machines, hours: hours / machines };
  });
}

function shareOf(value: number): number {
  return value < SHARE_LEAST ? 0 : Math.min(1, value);
}
