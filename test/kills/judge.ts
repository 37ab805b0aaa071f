import { isDeepStrictEqual } from 'node:util';
import type { Errand } from './errands.ts';
import type { Story } from './user.ts';

/**
 * What must never happen. *Leaked*: alive without a run that wants it. *Doubled*: more than one
 * of what was to be one. *Lost*: acknowledged, and not as it was acknowledged to be.
 */
export type Break = { readonly kind: 'leaked' | 'doubled' | 'lost'; readonly what: string };

/**
 * What the world, which knows nothing of our database, has seen of one run. Nodes are named by
 * `attempt rank`, as often as they were seen to come into being.
 */
export type Witness = {
  /** Nodes that began, by what their tasks themselves have said. */
  readonly marks: readonly string[];
  /** In the ledger of the virtual provider. */
  readonly bought: readonly string[];
  /** That an engine was seen to have a container for, each of them. */
  readonly containers: readonly string[];
  /** Processes of its nodes that are there after its end. */
  readonly pids: readonly number[];
};

export function judgeStory(story: Story, witness: Witness): readonly Break[] {
  const { errand, runId } = story;
  const name = `${errand.kind} ${runId}`;
  const say =
    (kind: Break['kind']) =>
    (what: string): Break => ({ kind, what: `${name}: ${what}` });
  return [
    ...doublesOf(witness).map(say('doubled')),
    ...losses(story, witness).map(say('lost')),
    ...witness.pids.map((pid) => say('leaked')(`process ${pid} outlives it`)),
  ];
}

function doublesOf({ marks, bought, containers }: Witness): readonly string[] {
  return [
    ...repeated(marks).map((mark) => `node ${mark} began more than once`),
    ...repeated(bought).map((node) => `node ${node} was bought more than once`),
    ...repeated(containers).map((node) => `node ${node} had more than one container`),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function losses(story: Story, witness: Witness): readonly string[] {
  const { errand, run, told } = story;
  if (run === null) return ['it does not end'];
  const lost: string[] = [];
  if (run.outcome !== errand.outcome || run.exitCode !== errand.exitCode) {
    const wanted = `${errand.outcome} with ${errand.exitCode}`;
    lost.push(`it ended ${run.outcome} with ${run.exitCode}, not ${wanted}: ${run.reason}`);
  }
  const types = told.map((event) => (event as { type: string }).type);
  if (types[0] !== 'run.created') lost.push('its launch is not in its log');
  if (errand.stopAfterMs !== undefined && !types.includes('run.stop-requested')) {
    lost.push('its stop is not in its log');
  }
  return [...lost, ...wrongBegins(story, witness), ...wrongLogs(story)];
}

/** As many attempts of as many nodes as the errand says have begun, and no others. */
function wrongBegins({ errand }: Story, { marks, bought }: Witness): readonly string[] {
  const began = [...marks, ...bought];
  const wanted = beginsOf(errand);
  const extra = began.filter((node) => !wanted.includes(node));
  const missing = errand.mayNotBegin ? [] : wanted.filter((node) => !began.includes(node));
  return [
    ...extra.map((node) => `node ${node} began, which it should not`),
    ...missing.map((node) => `node ${node} never began`),
  ];
}

function beginsOf({ begins }: Errand): readonly string[] {
  return begins.flatMap(({ attempts, nodes }) =>
    Array.from({ length: attempts * nodes }, (_, index) => {
      const [attempt, rank] = [1 + Math.floor(index / nodes), index % nodes];
      return `${attempt} ${rank}`;
    }),
  );
}

/** Each node that began says so once, in a log that nothing has been cut from. */
function wrongLogs({ errand, logs }: Story): readonly string[] {
  if (errand.mayNotBegin) return [];
  return [...logs].flatMap(([node, log]) =>
    log === 'begin\n' ? [] : [`the log of ${node} is ${JSON.stringify(log)}`],
  );
}

/** At the very end: what was ever told is still so. */
export function judgeLog(story: Story, events: readonly unknown[]): readonly Break[] {
  const kept = events.slice(0, story.told.length);
  if (isDeepStrictEqual(kept, story.told)) return [];
  const what = `${story.errand.kind} ${story.runId}: events that were told are not in its log`;
  return [{ kind: 'lost', what }];
}
