import { Hono } from 'hono';
import { z } from 'zod';
import { KedgeError } from '../base/errors.ts';
import { movesRequested, runNow, type Wish } from '../engine/run-now.ts';
import type { RunNow } from '../ports/planner.ts';
import { moveRequestSchema } from '../spec/api.ts';
import { currentLine, isUnderWay } from '../spec/place-of-attempt.ts';
import type { Run } from '../spec/run.ts';
import { fromWire, toWire } from '../spec/wire.ts';
import { json, keyOf, parse } from './request.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * `GET …/runs/{run}/advice`: what a re-plan would do. `POST …/runs/{run}/moves {place}` hauls
 * what has not ended of a run to another place, and answers with the run and its moves.
 */
export function moveRoutes(parts: ServerParts): Hono {
  const { store, planner } = parts;
  const app = new Hono();

  app.get('/:run/advice', async (context) => {
    const now = await runNow(store, await store.readRun(keyOf(context)));
    return context.json(toWire(await planner.advise(now)));
  });

  app.post('/:run/moves', async (context) => {
    const key = keyOf(context);
    const asked = parse(moveRequestSchema, fromWire(await json(context)));
    const now = await runNow(store, await store.readRun(key));
    const { wishes, losses } = await wishesOf(parts, now, asked);
    if (asked.dryRun) return context.json(toWire({ run: now.run, losses }));
    const run = await store.append(key, 'user', movesRequested(now.run, wishes));
    parts.nudge();
    return context.json(toWire({ run, losses }), 202);
  });

  return app;
}

type Asked = z.infer<typeof moveRequestSchema>;

/** For each allocation that is meant, where it goes. Errors: `move.refused`, `plan.infeasible`. */
async function wishesOf(
  { planner, drivers }: ServerParts,
  now: RunNow,
  { place, task }: Asked,
): Promise<{ readonly wishes: readonly Wish[]; readonly losses: readonly string[] }> {
  const { run, request } = now;
  if (run.state === 'ended') throw refused(`${run.runId} has ended: ${run.outcome}`);
  if (run.stopRequested) throw refused(`${run.runId} is being stopped`);
  const meant = request.plan.allocations
    .map((line, allocation) => ({ line, allocation }))
    .filter(({ line }) => task === null || line.taskName === task)
    .filter(({ allocation }) => !hasSucceeded(run, allocation));
  if (meant.length === 0) throw refused(nothingToMove(task));
  const wishes: Wish[] = [];
  const losses: string[] = [];
  for (const { allocation } of meant) {
    const { line, losses: lost } = await planner.lineAt(now, { allocation, place });
    const wish = { allocation, line, reason: 'the user asked for it' };
    requireMovable(now, wish);
    if (!drivers.has(line.provider)) throw refused(`no driver runs things at ${line.provider}`);
    wishes.push(wish);
    losses.push(...lost);
  }
  return { wishes, losses };
}

function requireMovable({ run, request }: RunNow, { allocation, line }: Wish): void {
  const here = currentLine(run, request.plan, allocation);
  if (here.offerId === line.offerId) throw refused(`it is at ${line.offerId} already`);
  if (run.moves.some((move) => move.allocation === allocation && isUnderWay(move))) {
    throw refused('another move of it is under way');
  }
  if (here.count !== line.count) {
    throw refused(`${line.place} would run ${line.count} nodes of it instead of ${here.count}`);
  }
}

function hasSucceeded({ attempts }: Run, allocation: number): boolean {
  return attempts.some((attempt) => {
    return attempt.allocation === allocation && attempt.outcome === 'succeeded';
  });
}

function nothingToMove(task: string | null): string {
  return task === null ? 'nothing of it is left to run' : `it has no task ${task} left to run`;
}

function refused(why: string): KedgeError {
  return new KedgeError('move.refused', `it cannot be moved: ${why}`, {
    hint: 'see `kedge show` for where it runs, and `kedge advise` for where it would cost less',
  });
}
