import { frontierOf } from '../app/frontier.ts';
import type { MatchedFile } from '../app/plan.ts';
import { problemOfFile } from '../app/solve.ts';
import { steadyClock } from '../app/steady-clock.ts';
import { toWire } from '../spec/wire.ts';
import type { Context } from './context.ts';
import { describeFrontier } from './draw-frontier.ts';
import { frontierSvg } from './frontier-svg.ts';
import { type Format, print, tableColumns } from './output.ts';
import { untilInterrupted } from './until-interrupted.ts';

const POINTS_MAX = 24;
const TIME_LIMIT_MS = 20_000;

/** Every plan of a file that nothing beats in both cost and time. */
export async function printFrontier(
  context: Context,
  matched: MatchedFile,
  output: Format | 'svg',
): Promise<void> {
  const request = {
    problem: await problemOfFile(matched),
    pointsMax: POINTS_MAX,
    timeLimitMs: TIME_LIMIT_MS,
    clock: steadyClock(),
    solver: context.wiring.solver,
  };
  const frontier = await untilInterrupted(context, frontierOf(request));
  if (output === 'svg') return context.io.out(frontierSvg(frontier));
  await print(context, output, {
    json: () => toWire(frontier),
    table: (wide) => describeFrontier(frontier, wide ? Infinity : tableColumns(context.io)),
    names: () => frontier.plans.map(({ lines }) => lines.map((line) => line.offerId).join(' ')),
  });
}
