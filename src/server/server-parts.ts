import type { EpochMs } from '../base/time.ts';
import type { RunParts } from '../engine/advance-run.ts';
import type { ArtifactCollector } from '../engine/collect-artifacts.ts';
import type { NodeWatch } from '../engine/watch-nodes.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { Bundles } from '../ports/bundles.ts';
import type { Clock } from '../ports/clock.ts';
import type { Driver } from '../ports/driver.ts';
import type { Planner } from '../ports/planner.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';

/** What the routes stand on. */
export type ServerParts = {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly secrets: Secrets;
  readonly bundles: Bundles;
  readonly artifacts: Artifacts;
  readonly collector: Pick<ArtifactCollector, 'look'>;
  readonly readTasks: RunParts['readTasks'];
  readonly planner: Planner;
  readonly watch: Pick<NodeWatch, 'liveSeries' | 'seriesOf'>;
  readonly clock: Clock;
  readonly version: string;
  readonly token: string;
  readonly startedAt: EpochMs;
  /** Tells the engine that something is due. */
  readonly nudge: () => void;
  /** Asks the whole server to end. */
  readonly shutDown: () => void;
  readonly reportBug: (error: unknown) => void;
};
