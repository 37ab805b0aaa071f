import { KedgeError } from '../base/errors.ts';
import { chooseParked, mayYield, type Parking } from '../core/queue/choose-parked.ts';
import type { Store, StoredRun } from '../ports/store.ts';
import type { Holder, PoolState } from '../ports/store-queue.ts';
import { currentLine, isUnderWay } from '../spec/place-of-attempt.ts';
import type { Amounts } from '../spec/reservation.ts';
import type { TaskFile } from '../spec/task.ts';
import { movesRequested } from './run-now.ts';

export type ParkerParts = {
  readonly store: Pick<Store, 'readRun' | 'append'>;
  readonly readTasks: (text: string, options: { readonly file: string }) => TaskFile;
};

/** Of one pool: more are not looked at for one that waits. */
const LOOKED_AT_MAX = 100;

/**
 * Parks runs for more urgent ones: a parked run is moved to the place where it is, and so waits in
 * line there, with its checkpoint, until there is room for it again.
 */
export class Parker {
  readonly #parts: ParkerParts;

  constructor(parts: ParkerParts) {
    this.#parts = parts;
  }

  async park(state: PoolState, capacity: Amounts): Promise<void> {
    const able = state.held.filter((holder) => mayYield(holder, state)).slice(0, LOOKED_AT_MAX);
    if (able.length === 0) return;
    const runs = new Map<Holder, StoredRun>();
    for (const holder of able) runs.set(holder, await this.#parts.store.readRun(holder));
    const parking = new Map(
      [...runs].map(([holder, run]) => [holder, this.#parkingOf(holder, run)]),
    );
    const chosen = chooseParked(state, capacity, (holder) => parking.get(holder) ?? 'stays');
    const head = state.waiting[0]!;
    for (const holder of chosen) await this.#ask(holder, head.runId);
  }

  #parkingOf({ allocation }: Holder, { run, request }: StoredRun): Parking {
    const own = run.moves.filter((move) => move.allocation === allocation);
    if (run.stopRequested || own.some(isUnderWay)) return 'leaves';
    if (request.autoRetune !== true) return 'stays';
    const { tasks } = this.#parts.readTasks(request.taskText, { file: 'task.yaml' });
    const task = tasks[request.plan.allocations[allocation]?.task ?? 0];
    return task === undefined || task.checkpoint === null ? 'stays' : 'may';
  }

  /** Another server may have asked it just now, or it has ended meanwhile: both are fine. */
  async #ask(holder: Holder, urgent: string): Promise<void> {
    const { allocation } = holder;
    try {
      const { run, request } = await this.#parts.store.readRun(holder);
      const line = currentLine(run, request.plan, allocation);
      const reason = `parked: ${urgent}, which is more urgent, needs its room`;
      const events = movesRequested(run, [{ allocation, line, reason }]);
      await this.#parts.store.append(holder, 'engine', events);
    } catch (error) {
      if (!(error instanceof KedgeError) || error.code !== 'state.illegal-transition') throw error;
    }
  }
}
