import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import { parseBytes } from '../../../base/units.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { readDevices } from '../explain/choose-layout.ts';
import type { OwnMeasurement, SpeedQuantity, StatedSetUp } from './own-measurement.ts';

const SPEEDS: ReadonlyMap<string, { readonly read: (text: string) => number | undefined }> =
  new Map<SpeedQuantity, { readonly read: (text: string) => number | undefined }>([
    ['step_time', { read: readSeconds }],
    ['tokens_per_second', { read: readRate }],
    ['samples_per_second', { read: readRate }],
    ['tpot', { read: readSeconds }],
    ['ttft', { read: readSeconds }],
    ['output_tokens_per_second', { read: readRate }],
  ]);

const COUNTS: ReadonlyMap<string, keyof StatedSetUp> = new Map([
  ['tp', 'tensorParallel'],
  ['pp', 'pipelineParallel'],
  ['virtual_stages', 'virtualStages'],
  ['cp', 'contextParallel'],
  ['ep', 'expertParallel'],
  ['zero', 'zeroStage'],
  ['micro_batch', 'microBatch'],
  ['global_batch', 'globalBatch'],
  ['concurrency', 'concurrency'],
]);

const MEMORY = 'peak_memory';
const RECOMPUTE = 'recompute';

/**
 * A measurement as the command line has it: texts of `step_time=1.83s` or `tp=8,recompute=full`, and
 * where it ran, `H100:8`, of devices that the task may run on. Errors: `cli.usage`.
 */
export function readOwnMeasurement(
  texts: readonly string[],
  on: string | null,
  accelerators: readonly AcceleratorFacts[],
): OwnMeasurement {
  const values = readPairs(texts);
  const speeds = [...values].filter(([key]) => SPEEDS.has(key));
  const memory = values.get(MEMORY);
  if (speeds.length > 1)
    throw usage(
      `--measured has ${speeds.map(([key]) => key).join(' and ')}; one time or speed is enough`,
      'keep the one that was measured, and peak_memory if you have it',
    );
  if (speeds.length === 0 && memory === undefined)
    throw usage('--measured says how it ran, and not what was measured', EXAMPLE);
  const [speed] = speeds;
  return {
    ...readPlace(on, accelerators),
    speed: speed === undefined ? null : readSpeed(...speed),
    peakMemoryBytes:
      memory === undefined ? null : positive(MEMORY, memory, parseBytes(memory), '61GiB'),
    setUp: readSetUp(values),
  };
}

const EXAMPLE = 'write it as --measured step_time=1.83s --on H100:8';

function readPairs(texts: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of texts.flatMap((text) => text.split(','))) {
    const at = pair.indexOf('=');
    const [key, value] = [rateName(pair.slice(0, at).trim()), pair.slice(at + 1).trim()];
    if (at <= 0 || value === '')
      throw usage(`--measured does not understand ${JSON.stringify(pair)}`, EXAMPLE);
    const known = [...SPEEDS.keys(), ...COUNTS.keys(), MEMORY, RECOMPUTE];
    if (!known.includes(key)) {
      const meant = closestWord(key, known);
      throw usage(
        `--measured knows no ${JSON.stringify(key)}`,
        meant === undefined ? `it takes ${known.join(', ')}` : `did you mean ${meant}?`,
      );
    }
    if (values.has(key)) throw usage(`--measured has ${key} twice`, 'keep one of them');
    values.set(key, value);
  }
  return values;
}

/** `samples/s` as the explanation has it, `images_per_s` as people say it: samples_per_second. */
function rateName(key: string): string {
  return key
    .replace(/(?:\/|_per_)s(?:ec)?$/, '_per_second')
    .replace(/^(?:images|rows|sequences)(?=_per_second$)/, 'samples');
}

function readSpeed(key: string, text: string): NonNullable<OwnMeasurement['speed']> {
  const { read } = SPEEDS.get(key)!;
  const example = read === readSeconds ? '1.83s or 12ms' : '35000 or 35k';
  return { quantity: key as SpeedQuantity, value: positive(key, text, read(text), example) };
}

function readSetUp(values: ReadonlyMap<string, string>): StatedSetUp {
  const counts = [...COUNTS].flatMap(([key, name]) => {
    const text = values.get(key);
    if (text === undefined) return [];
    const least = key === 'zero' ? 0 : 1;
    const most = key === 'zero' ? 3 : Number.MAX_SAFE_INTEGER;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw usage(`${key}=${text} is no whole number from ${least} on`, `as in ${key}=2`);
    return [[name, value] as const];
  });
  const recompute = values.get(RECOMPUTE);
  if (recompute === undefined) return Object.fromEntries(counts);
  if (recompute !== 'none' && recompute !== 'selective' && recompute !== 'full')
    throw usage(`recompute=${recompute} is none of none, selective, full`, 'as in recompute=full');
  return { ...Object.fromEntries(counts), recompute };
}

/** Of `H100:8`, by the name of a declared part or any name of the registry. */
function readPlace(
  on: string | null,
  accelerators: readonly AcceleratorFacts[],
): Pick<OwnMeasurement, 'device' | 'devices'> {
  if (on === null) throw usage('--measured needs --on: what it ran on', EXAMPLE);
  const { accelerator, devices } = readDevices(on);
  const names = accelerators.map(({ name }) => name);
  const at = names.findIndex((name) => name.toLowerCase() === accelerator.toLowerCase());
  const device = accelerators[at] ?? findAccelerator(accelerator);
  if (device !== undefined) return { device, devices };
  const meant = closestWord(accelerator, names);
  throw usage(
    `--on names no known accelerator: ${accelerator.slice(0, 64)}`,
    meant === undefined ? EXAMPLE : `did you mean ${meant}?`,
  );
}

const SECONDS: Readonly<Record<string, number>> = {
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
};

function readSeconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,12}(?:\.\d{1,20})?) ?(us|µs|ms|s|min|h)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * SECONDS[unit!]!;
}

const THOUSANDS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 };

function readRate(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,15}(?:\.\d{1,20})?) ?(k|M|)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * THOUSANDS[unit!]!;
}

function positive(key: string, text: string, value: number | undefined, example: string): number {
  if (value !== undefined && value > 0) return value;
  throw usage(`${key}=${text} is no amount above 0 with a unit`, `write it as ${example}`);
}

function usage(message: string, hint: string): KedgeError {
  return new KedgeError('cli.usage', message, { hint });
}
