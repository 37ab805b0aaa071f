import { Command } from 'commander';
import { carriedModels } from '../../app/carried-models.ts';
import { planTasks } from '../../app/plan.ts';
import type { ModelBook } from '../../app/read-models.ts';
import { KedgeError } from '../../base/errors.ts';
import { makeId } from '../../base/ids.ts';
import { showUsd, usd, usdPerUnit } from '../../base/money.ts';
import { asEpochMs } from '../../base/time.ts';
import type { LaunchRequest } from '../../spec/api.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Context } from '../context.ts';
import { INTERRUPTED } from '../follow.ts';
import { followToEnd } from '../follow-to-end.ts';
import { sendTask } from '../freeze/send-task.ts';
import { callServer } from '../local-server.ts';
import { noteCheckpointPath } from '../note-checkpoint-path.ts';
import { priority } from '../parse-number.ts';
import { planningOffers } from '../planning.ts';
import { requireSources } from '../require-sources.ts';
import { noteSecretLike } from '../secret-like.ts';
import { requireName, takeSecretsApart } from '../secret-values.ts';
import {
  modelsOf,
  noteNotHonored,
  notHonored,
  readTaskInput,
  type TaskInput,
} from '../task-input.ts';

type Options = {
  readonly detach: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly autoRetune: boolean;
  readonly priority: number;
  readonly name?: string;
  readonly env: readonly string[];
  readonly secret: readonly string[];
  readonly ignoreKey: readonly string[];
};

const EXAMPLES = `
Examples:
  kedge up task.yaml
  kedge up -d task.yaml --env SEED=2     in the background, with a variable
  kedge up task.yaml --ignore-key image_id

Every attempt runs what workdir and file_mounts hold now, without what
.gitignore and .kedgeignore list: 2 GiB, or as much as KEDGE_BUNDLE_MAX (10GB).

Exits with the task's own code; 125 when Kedge itself fails while following.`;

/** `kedge up`: plans, runs on the best launchable place, follows, and bills. */
export function command(context: Context): Command {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .option('-d, --detach', 'do not follow; print the id of the run', false)
    .option('-y, --yes', 'never ask', false)
    .option('-n, --name <name>', 'a name for the run; default: that of the task')
    .option('-e, --env <NAME=VALUE>', 'set a variable of the task; repeatable', collect, [])
    .option('--secret <NAME>', 'pass on a variable of yours, masked; repeatable', collect, [])
    .option('--ignore-key <key>', 'run although this key is not honored', collect, [])
    .option('--priority <n>', 'before others that wait for room; default 0', priority, 0)
    .option('--auto-retune', 'let Kedge move or park it when that pays', false)
    .option('--dry-run', 'say what would run and where, and start nothing', false)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => up(context, file, options));
}

async function up(caller: Context, file: string, options: Options): Promise<void> {
  const asked = await readTaskInput(caller, file);
  const given = parseEnvs(options.env);
  const names = options.secret.map(requireName);
  const known = { ...given, ...Object.fromEntries(names.map((name) => [name, ''])) };
  refuseUnhonored(asked, { ignored: options.ignoreKey, envs: known });
  noteNotHonored(caller, asked, known);
  requireRun(asked);
  const apart = takeSecretsApart(caller, { input: asked, envs: given, names });
  const { context, input, envs, secrets } = apart;
  noteSecretLike(context, { input, envs });
  await requireSources(input);
  const { plan, anywhere, models } = await plans(context, input);
  announce(context, plan);
  noteCheckpointPath(context, { plan, tasks: input.tasks });
  tellWhatIf(context, { plan, anywhere });
  if (options.dryRun) return;
  if (!(await confirm(context, plan, options.yes))) return;
  const name = options.name ?? input.tasks.name ?? 'task';
  const { text: taskText, baseDir } = input;
  const bundleId = await sendTask(context, input);
  const { autoRetune, priority: urgency } = options;
  const told = { name, taskText, baseDir, envs, secrets, plan, bundleId };
  const runId = await launch(context, {
    ...told,
    ...(models.size === 0 ? {} : { models: carriedModels(models) }),
    ...(urgency === 0 ? {} : { priority: urgency }),
    ...(autoRetune ? { autoRetune } : {}),
  });
  if (options.detach) context.io.out(`${runId}\n`);
  else await followToEnd(context, runId);
}

type Plans = {
  /** The best on places that can be launched on: the one that runs. */
  readonly plan: Plan;
  /** The best of all places, what-if. */
  readonly anywhere: Plan;
  /** What both were made of. */
  readonly models: ModelBook;
};

async function plans(context: Context, input: TaskInput): Promise<Plans> {
  const offers = await planningOffers(context, input.tasks);
  const models = await modelsOf(context, input);
  const request = { file: input.tasks, offers, models, solver: context.wiring.solver };
  const plan = await planTasks({ ...request, launchableOnly: true });
  return { plan, anywhere: await planTasks({ ...request, launchableOnly: false }), models };
}

/** Where it would run for less, if Kedge could launch there. */
function tellWhatIf({ io }: Context, { plan, anywhere }: Omit<Plans, 'models'>): void {
  const [line] = anywhere.allocations;
  const isCheaper =
    plan.costMicros !== null && anywhere.costMicros !== null
      ? anywhere.costMicros < plan.costMicros
      : (anywhere.nanosPerHour ?? 0) < (plan.nanosPerHour ?? 0);
  if (!isCheaper || line === undefined) return;
  const price =
    anywhere.costMicros === null
      ? `${showUsd(usdPerUnit(anywhere.nanosPerHour!))}/h`
      : showUsd(usd(anywhere.costMicros));
  const more = anywhere.allocations.length - 1;
  const machine = [line.place, line.instance].filter(Boolean).join(' ');
  const where = `${machine}${more > 0 ? ` and ${more} more` : ''}`;
  io.err(`kedge: what-if: ${price} at ${where}, where Kedge cannot launch yet\n`);
}

/** The client makes the id, so that asking again after a lost reply launches nothing twice. */
async function launch(context: Context, request: LaunchRequest): Promise<string> {
  const runId = makeId('run', asEpochMs(Date.now()), Math.random);
  context.interrupt.throwIfAborted();
  await callServer(context, (client) => client.launch(runId, request));
  context.io.err(`kedge: ${runId} started\n`);
  return runId;
}

function announce({ io }: Context, plan: Plan): void {
  for (const line of plan.allocations) {
    const machine = [
      line.instance,
      line.accelerator && `${line.accelerator}:${line.acceleratorCount}`,
    ];
    const what = machine.filter(Boolean).join(', ');
    const many = line.count > 1 ? `${line.count} × ` : '';
    const price = `${showUsd(usdPerUnit(line.nanosPerHour))}/h${line.estimated ? ' (estimate)' : ''}`;
    const task = line.taskName ?? plan.name ?? 'task';
    io.err(`kedge: ${task} → ${many}${line.place}${what ? ` (${what})` : ''}, ${price}\n`);
  }
  if (plan.costMicros !== null) io.err(`kedge: expected cost ${showUsd(usd(plan.costMicros))}\n`);
}

/** Asked only where money is spent at a provider, on a terminal, and never with --yes. */
async function confirm(context: Context, plan: Plan, yes: boolean): Promise<boolean> {
  const spends = plan.allocations.some((line) => !line.estimated && line.nanosPerHour > 0);
  if (!spends || yes) return true;
  if (!context.io.inIsTerminal || !context.io.errIsTerminal) {
    throw new KedgeError(
      'plan.needs-prompt',
      'this spends money, and there is no terminal to ask on',
      {
        hint: 'to start it without being asked, pass --yes',
      },
    );
  }
  const { confirm: ask, isCancel } = await import('@clack/prompts');
  const answer = await ask({ message: 'Start it?', output: process.stderr });
  if (isCancel(answer)) {
    context.exit.code = INTERRUPTED;
    return false;
  }
  if (!answer) throw new KedgeError('cli.usage', 'not started, as you wished');
  return true;
}

function refuseUnhonored(
  { file, tasks }: TaskInput,
  { ignored, envs }: { readonly ignored: readonly string[]; readonly envs: Record<string, string> },
): void {
  const blocking = notHonored(tasks, envs).filter(
    ({ key, changesRun }) => changesRun && !ignored.includes(key) && !ignored.includes(lastOf(key)),
  );
  const first = blocking[0];
  if (first === undefined) return;
  const names = [...new Set(blocking.map(({ key }) => key))];
  const message = `${file}:${first.line}: "${first.key}" is not honored: ${first.why}`;
  throw new KedgeError('spec.key-not-honored', message, {
    hint: `to run without it: ${names.map((name) => `--ignore-key ${name}`).join(' ')}`,
    details: { keys: names },
  });
}

function lastOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function requireRun({ file, tasks }: TaskInput): void {
  const idle = tasks.tasks.find((task) => task.run === null);
  if (idle === undefined) return;
  throw new KedgeError('spec.invalid', `${file}: ${idle.name ?? 'the task'} has nothing to run`, {
    hint: 'add `run:` with the commands, or ask `kedge plan` for the price alone',
  });
}

function parseEnvs(pairs: readonly string[]): Record<string, string> {
  const envs: Record<string, string> = {};
  for (const pair of pairs) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair);
    if (match) envs[match[1]!] = match[2]!;
    else throw new KedgeError('cli.usage', `--env needs NAME=VALUE, got ${JSON.stringify(pair)}`);
  }
  return envs;
}
