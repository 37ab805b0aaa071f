import { assert } from '../../base/assert.ts';
import { asEpochMs } from '../../base/time.ts';
import type { Observation } from '../../ports/driver.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../spec/build-for-tests.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';
import { absencesOf, toldOfStop } from '../launch/absence.ts';
import type { Step } from '../launch/attempt-steps.ts';
import { type LaunchView, nodeKey } from '../launch/launch-view.ts';
import { learn } from '../launch/learn.ts';
import { nextSteps } from '../launch/next-steps.ts';
import { foldRun } from './fold-run.ts';

/** A run driven by hand: what the world shows is set, and the engine's part is done in memory. */
export class Play {
  run: Run;
  now = asEpochMs(1_000_000);
  readonly observed = new Map<string, Observation>();
  readonly created: string[] = [];
  readonly stopped: string[] = [];
  readonly #log: RunEvent[] = [];
  readonly #view: Pick<LaunchView, 'plan' | 'file'>;
  #seq = 0;

  constructor(
    options: {
      nodes?: number;
      retries?: number;
      tasks?: number;
      needs?: number[][];
      line?: Partial<PlanAllocation>;
    } = {},
  ) {
    const { nodes = 1, retries = 0, tasks = 1, needs, line = {} } = options;
    const task = buildTask({ retries, numNodes: nodes });
    const file = buildTaskFile(
      Array.from({ length: tasks }, () => task),
      needs,
    );
    const lines = Array.from({ length: tasks }, (_, index) => ({
      ...line,
      task: index,
      count: nodes,
    }));
    this.#view = { plan: buildPlan(lines), file };
    this.run = this.#fold(null, { type: 'run.created', data: { name: 'play' } });
  }

  write(...events: readonly NewEvent[]): void {
    for (const event of events) this.run = this.#fold(this.run, event);
  }

  view(): LaunchView {
    const { run, observed, now } = this;
    const absences = absencesOf(this.#log);
    return { ...this.#view, run, observed, absences, now };
  }

  /** One look of the engine: learn, then step until something must be waited for. */
  look(): void {
    this.write(...learn(this.view()));
    for (let round = 0; round < 20; round++) {
      const steps = nextSteps(this.view());
      for (const step of steps) this.#carryOut(step);
      if (steps.length === 0 || steps.some((step) => step.act.length > 0)) return;
    }
    assert(false, 'it does not settle');
  }

  see(key: string, seen: Observation): void {
    this.observed.set(key, seen);
    this.look();
  }

  end(key: string, how: 'exited' | 'stopped' | 'lost', exitCode: number | null): void {
    const at = { startedAt: this.now, endedAt: this.now };
    this.see(key, { state: 'ended', how, exitCode, reason: how, ...at });
  }

  #carryOut(step: Step): void {
    this.write(...step.intent);
    for (const action of step.act) {
      if ('move' in action) continue;
      (action.kind === 'create' ? this.created : this.stopped).push(nodeKey(action.node));
      if (action.kind === 'stop') this.write(...toldOfStop(this.view(), action.node));
    }
  }

  #fold(run: Run | null, event: NewEvent): Run {
    const seq = ++this.#seq;
    const key = { tenantId: 'default', runId: 'run_1', actor: 'engine' };
    const written = { ...key, ...event, seq, schemaVersion: 1, at: this.now } as RunEvent;
    this.#log.push(written);
    return foldRun(run, written);
  }
}

export const UP: Observation = { state: 'running', startedAt: asEpochMs(1_000_000) };
