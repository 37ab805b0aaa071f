/**
 * `node test/kills/main.ts [--kills N] [--minutes M] [--seed S] [--keep]`: kills a server so many
 * times, or for so long, half at points of its launches and half at random, and judges what the
 * world says of it; exits 1 when something was leaked, doubled or lost. `--keep` writes the figure
 * into bench/soak.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepSoak, type Soak } from '../../bench/keep-soak.ts';
import { loadNow, thisMachine } from '../../bench/machine.ts';
import { findProgram } from '../../src/adapters/drivers/shared/find-program.ts';
import { MINUTE_MS } from '../../src/base/time.ts';
import { Podman } from '../live/podman.ts';
import { type Report, runCampaign } from './campaign.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'bench', 'soak.md');
/** Above it, what else the machine does makes for other lives of servers. */
const LOAD_MAX = 1;
/** Of `2026-11-25T…`. */
const DAY_CHARS = 10;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    minutes: { type: 'string', default: '1000' },
    keep: { type: 'boolean', default: false },
  },
});
process.exitCode = await soak();

async function soak(): Promise<number> {
  const [kills, seed, minutes] = [values.kills, values.seed, values.minutes].map(Number);
  if (![kills, seed, minutes].every((number) => Number.isSafeInteger(number) && number! > 0)) {
    process.stderr.write('error: --kills, --seed and --minutes are whole numbers above 0\n');
    return 2;
  }
  const load = loadNow();
  const podman = await findPodman();
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  tell(`seed ${seed}: repeat with node test/kills/main.ts --kills ${kills} --seed ${seed}`);
  try {
    const report = await runCampaign({
      seed: seed!,
      kills: kills!,
      msMax: minutes! * MINUTE_MS,
      podman,
      tell,
    });
    tellAll(report);
    if (values.keep) keep(report, { withContainers: podman !== null, load });
    return report.breaks.length + report.complaints.length > 0 ? 1 : 0;
  } finally {
    await podman?.close();
  }
}

/** An engine of our own, where it is installed. */
async function findPodman(): Promise<Podman | null> {
  const path = process.env['PATH'];
  const missing = ['podman', 'runc'].find((program) => findProgram(program, path) === null);
  if (missing === undefined) return Podman.start();
  process.stderr.write(`without containers: ${missing} is not installed\n`);
  return null;
}

function tellAll(report: Report): void {
  const { breaks, complaints, seconds } = report;
  for (const { kind, what } of breaks) process.stdout.write(`${kind}: ${what}\n`);
  for (const line of complaints) process.stdout.write(`logged: ${line}\n`);
  const { killsByPoint, runsByKind, leaked, doubled, lost, nodes } = soakOf(report);
  const [kills, runs] = [killsByPoint, runsByKind].map((counts) =>
    [...counts.values()].reduce((sum, count) => sum + count, 0),
  );
  const random = killsByPoint.get('random') ?? 0;
  process.stdout.write(
    `${kills} kills, ${random} of them at random; ${runs} runs, ${nodes} nodes; ` +
      `${leaked} leaked, ${doubled} doubled, ${lost} lost; ${seconds.toFixed(0)} s\n`,
  );
}

function soakOf(report: Report): Soak {
  const { breaks } = report;
  const count = (wanted: string): number => breaks.filter(({ kind }) => kind === wanted).length;
  return {
    ...report,
    leaked: count('leaked'),
    doubled: count('doubled'),
    lost: count('lost'),
  };
}

function keep(
  report: Report,
  { withContainers, load }: { readonly withContainers: boolean; readonly load: number },
): void {
  const day = new Date().toISOString().slice(0, DAY_CHARS);
  const engine = withContainers ? 'with containers of Podman' : 'without containers';
  const beside = load < LOAD_MAX ? '' : `, beside a load of ${load}`;
  const where = `Measured on ${day} at ${commit()}, ${engine}, on ${thisMachine()}${beside}`;
  writeFileSync(PAGE, keepSoak(readFileSync(PAGE, 'utf8'), soakOf(report), where));
}

/** Of an unpacked copy nobody knows. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain') === '' ? '' : ', with changes';
    return `commit ${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return 'no commit';
  }
}
