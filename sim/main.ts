/**
 * `npm run sim -- [--seeds N] [--first-seed M] [--jobs J] [--plant NAME] [--trace]`: lives so many
 * worlds through and judges each; exits 1 when one has broken. `--trace` writes down all that
 * happens in the first of them.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { PLANTS } from './plants.ts';
import { runSeeds } from './run-seeds.ts';
import { runWorld, type WorldResult } from './world.ts';

const TOLD_EVERY = 500;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    plant: { type: 'string', default: 'none' },
    trace: { type: 'boolean', default: false },
  },
});
process.exitCode = await simulate();

async function simulate(): Promise<number> {
  const [count, first, jobs] = [values.seeds, values['first-seed'], values.jobs].map(Number);
  const { plant, trace } = values;
  if (![count, first, jobs].every((number) => Number.isSafeInteger(number) && number! > 0)) {
    return refuse('--seeds, --first-seed and --jobs are whole numbers above 0');
  }
  if (!Object.hasOwn(PLANTS, plant)) {
    return refuse(`there is no plant ${plant}: one of ${Object.keys(PLANTS).join(', ')}`);
  }
  if (trace) return tellOne(first!, plant);
  const started = performance.now();
  const sum = { seeds: 0, events: 0, broken: 0 };
  const told = (result: WorldResult): void => {
    sum.seeds++;
    sum.events += result.events;
    if (result.breaks.length > 0) sum.broken++;
    if (sum.seeds % TOLD_EVERY === 0) process.stderr.write(`${sum.seeds} seeds …\n`);
    for (const one of result.breaks) process.stdout.write(`seed ${result.seed}: ${one}\n`);
  };
  await runSeeds({ first: first!, count: count!, jobs: jobs!, plant }, told);
  const seconds = (performance.now() - started) / 1000;
  const rate = (sum.seeds / seconds).toFixed(1);
  process.stdout.write(
    `${sum.seeds} seeds, ${sum.events} events, ${sum.broken} broken; ` +
      `${seconds.toFixed(1)} s on ${jobs} threads, ${rate} seeds/s\n`,
  );
  return sum.broken > 0 ? 1 : 0;
}

async function tellOne(seed: number, plant: string): Promise<number> {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const { breaks } = await runWorld({ seed, plant, trace: write });
  return breaks.length > 0 ? 1 : 0;
}

function refuse(why: string): number {
  process.stderr.write(`error: ${why}\n`);
  return 2;
}
