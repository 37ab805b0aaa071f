import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SolveRequest } from '../app/solve.ts';
import { steadyClock } from '../app/steady-clock.ts';
import { MINUTE_MS } from '../base/time.ts';
import { parseDuration } from '../base/units.ts';
import type { Context } from './context.ts';
import { wholeNumber } from './parse-number.ts';

export type SolveOptions = {
  readonly solver: string;
  readonly timeLimit: number;
  readonly gap: number;
  readonly seed: number;
};

const TIME_LIMIT_MS_MAX = 24 * 60 * MINUTE_MS;

/** How a problem is solved where nothing is said. */
export const DEFAULTS = { timeLimitMs: 10_000, gap: 1e-4, seed: 1 } as const;

/** The options of whatever solves a problem. */
export function addSolveOptions(command: Command): Command {
  return command
    .addOption(new Option('--solver <name>', 'which one; auto takes what fits').default('auto'))
    .addOption(
      new Option('--time-limit <time>', 'as 10s or 2m')
        .argParser(timeLimit)
        .default(DEFAULTS.timeLimitMs, '10s'),
    )
    .addOption(
      new Option('--gap <share>', 'stop when proven this close to the best')
        .argParser(gap)
        .default(DEFAULTS.gap),
    )
    .addOption(
      new Option('--seed <n>', 'of what is drawn by chance')
        .argParser(wholeNumber)
        .default(DEFAULTS.seed),
    );
}

/** A request for a problem by the options of the command. */
export function solveRequest(
  { wiring }: Context,
  problem: SolveRequest['problem'],
  { solver, timeLimit: timeLimitMs, gap: wanted, seed }: SolveOptions,
): SolveRequest {
  return {
    problem,
    solverName: solver,
    timeLimitMs,
    gap: wanted,
    seed,
    clock: steadyClock(),
    solver: wiring.solver,
    islands: wiring.islands,
    trees: wiring.trees,
  };
}

function timeLimit(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0 && ms <= TIME_LIMIT_MS_MAX) return ms;
  throw new InvalidArgumentError('It must be a time with its unit, as 10s, up to 24h.');
}

function gap(text: string): number {
  const share = /^\d*\.?\d+(e-?\d+)?\s*%?$/i.test(text) ? Number.parseFloat(text) : Number.NaN;
  const value = text.trim().endsWith('%') ? share / 100 : share;
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a share below 1, as 0.001 or 0.1%.');
}
