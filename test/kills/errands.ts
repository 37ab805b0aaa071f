import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../src/base/rng.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';
import type { PlanAllocation } from '../../src/spec/plan.ts';
import type { Outcome } from '../../src/spec/run.ts';

/** What a user has run, and how it must end, whoever is killed meanwhile. */
export type Errand = {
  readonly kind: string;
  readonly taskText: string;
  readonly lines: readonly Partial<PlanAllocation>[];
  readonly outcome: Outcome;
  readonly exitCode: number | null;
  /** Begun once each, by task line: so many attempts of so many nodes. */
  readonly begins: readonly { readonly attempts: number; readonly nodes: number }[];
  /** Some of these may never begin: it is stopped, or torn down, before they do. */
  readonly mayNotBegin?: boolean;
  /** After the launch was acknowledged. */
  readonly stopAfterMs?: number;
  /** The provider takes its first machine away. */
  readonly preempted?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
};

/** A little of this machine, as a task takes that states nothing. */
const SHARE = {
  pool: `machine:${hostname()}`,
  cpusMilli: 500,
  memoryMib: 0,
  gpusByName: {},
};
const LOCAL: Partial<PlanAllocation> = { reserves: SHARE };
const FAKE: Partial<PlanAllocation> = { provider: 'fake', place: 'fake', offerId: 'fake' };
const DOCKER: Partial<PlanAllocation> = {
  provider: 'docker',
  place: 'docker',
  offerId: 'docker/1-vcpu',
  reserves: SHARE,
};
const CONTAINER = 'resources: {image_id: docker:localhost/kedge-test:latest}\n';

/** One line to a file that the harness reads, and one to the log. */
const BEGIN = 'echo "$KEDGE_ATTEMPT $KEDGE_NODE_RANK" >> "$MARKS/$KEDGE_RUN_ID"; echo begin';
const STAY = 'sleep 600 & wait';
const once = [{ attempts: 1, nodes: 1 }];

/** What most tasks have: files of their own, and a secret. */
const HEAD = 'workdir: .\nsecrets: {KEY: null}\n';

/** By place: what runs there, each as likely as the others. */
const DRAWS: Readonly<Record<string, readonly ((random: Random) => Errand)[]>> = {
  local: [
    () => local('plain', 'sleep 0.3'),
    () => local('failing', 'exit 7', { outcome: 'task-failed', exitCode: 7 }),
    () =>
      local('retried', 'test $KEDGE_ATTEMPT = 3', {
        head: 'retries: 2\n',
        begins: [{ attempts: 3, nodes: 1 }],
      }),
    () =>
      local('gang', 'sleep 0.2', {
        head: 'num_nodes: 2\n',
        lines: [{ ...LOCAL, count: 2 }],
        begins: [{ attempts: 1, nodes: 2 }],
      }),
    () =>
      local('torn-down gang', `test $KEDGE_NODE_RANK = 0 && { ${STAY}; }; exit 5`, {
        head: 'num_nodes: 2\n',
        lines: [{ ...LOCAL, count: 2 }],
        outcome: 'task-failed',
        exitCode: 5,
        begins: [{ attempts: 1, nodes: 2 }],
        mayNotBegin: true,
      }),
    (random) => stopped(local('stopped', STAY), random),
    (random) => stopped(local('stopped saving', `trap 'sleep 0.2; exit' TERM; ${STAY}`), random),
    () =>
      // The task ends its supervisor: its place is lost, and the next attempt goes on from there. Not
      // in the moment it speaks: what a process has in hand when it is killed is gone.
      local(
        'resumed',
        'cd "$KEDGE_CHECKPOINT_DIR"; test -e step || { touch step; sleep 0.1; kill -9 $PPID; }',
        {
          head: 'checkpoint: {path: ckpt}\n',
          begins: [{ attempts: 2, nodes: 1 }],
        },
      ),
    () => local('leaving a child', 'setsid sleep 600 & sleep 0.1'),
    () => local('equipped', 'grep -q word word && test "$KEY" = canary'),
    () => ({
      ...local('pipeline', 'sleep 0.1'),
      taskText: `name: a\n${HEAD}run: ${BEGIN}\n---\nname: b\nrun: fake 100 0\n`,
      lines: [LOCAL, { ...FAKE, task: 1 }],
      begins: [...once, ...once],
    }),
  ],
  fake: [
    () => fake('plain', 200, 0),
    () => fake('failing', 100, 9),
    () => ({ ...fake('gang', 200, 0), ...gangOf(3) }),
    () => ({ ...fake('preempted', 500, 0), preempted: true, begins: [{ attempts: 2, nodes: 1 }] }),
    (random) => stopped(fake('stopped', 600_000, 0), random),
  ],
  docker: [
    () => inContainer('plain', 'sleep 0.3'),
    () => inContainer('failing', 'exit 7', { outcome: 'task-failed', exitCode: 7 }),
    (random) => stopped(inContainer('stopped', STAY), random),
  ],
};

export function drawErrand(place: string, random: Random): Errand {
  const draws = DRAWS[place]!;
  return draws[Math.floor(random() * draws.length)]!(random);
}

type Parts = Partial<Omit<Errand, 'kind' | 'taskText'>> & { readonly head?: string };

function local(kind: string, run: string, { head = '', ...parts }: Parts = {}): Errand {
  return {
    kind: `local ${kind}`,
    taskText: `name: local ${kind}\n${HEAD}${head}run: |\n  ${BEGIN}\n  ${run}\n`,
    lines: [LOCAL],
    outcome: 'succeeded',
    exitCode: 0,
    begins: once,
    secrets: { KEY: 'canary' },
    ...parts,
  };
}

function inContainer(kind: string, run: string, parts: Parts = {}): Errand {
  const { kind: _, ...errand } = local(kind, run, { head: CONTAINER, lines: [DOCKER], ...parts });
  return { ...errand, kind: `docker ${kind}` };
}

function fake(kind: string, durationMs: number, exitCode: number): Errand {
  return {
    kind: `fake ${kind}`,
    taskText: `name: fake ${kind}\nrun: fake ${durationMs} ${exitCode}\n`,
    lines: [FAKE],
    outcome: exitCode === 0 ? 'succeeded' : 'task-failed',
    exitCode,
    begins: once,
  };
}

function gangOf(count: number): Pick<Errand, 'taskText' | 'lines' | 'begins'> {
  return {
    taskText: `name: fake gang\nnum_nodes: ${count}\nrun: fake 200 0\n`,
    lines: [{ ...FAKE, count }],
    begins: [{ attempts: 1, nodes: count }],
  };
}

function stopped(errand: Errand, random: Random): Errand {
  const stopAfterMs = Math.floor(random() * 1500);
  return { ...errand, outcome: 'cancelled', exitCode: null, stopAfterMs, mayNotBegin: true };
}

/** What the user sends; the marks of tasks in containers go to their log alone. */
export function launchOf(errand: Errand, { dir }: { readonly dir: string }) {
  const isContained = errand.lines.some(({ provider }) => provider === 'docker');
  return {
    name: errand.kind,
    taskText: errand.taskText,
    baseDir: join(dir, 'project'),
    envs: { MARKS: isContained ? '/workdir' : join(dir, 'marks') },
    secrets: { ...errand.secrets },
    plan: buildPlan(errand.lines),
  };
}
