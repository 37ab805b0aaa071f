import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KedgeError } from '../base/errors.ts';
import { GIB, parseBytes } from '../base/units.ts';

/** `config.yaml` of the configuration folder; a missing file means the defaults. */
export type Config = {
  readonly local: {
    /** What an hour of this machine costs; null: the energy it draws. */
    readonly usdPerHour: number | null;
    /** Null: the default price of a kilowatt-hour. */
    readonly electricityUsdPerKwh: number | null;
    /** How much of this machine Kedge may hand out; null for all that it has. */
    readonly cpus: number | null;
    readonly memoryGib: number | null;
  };
};

const price = z.number().positive().max(10_000).nullable().default(null);
/** `32GB`, `32GiB`, or a bare number of GiB as in a task file. */
const size = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const bytes = typeof value === 'number' ? value * GIB : parseBytes(value);
    if (bytes !== undefined && bytes > 0) return bytes / GIB;
    context.addIssue(`${JSON.stringify(value)} is no size, as 32GB`);
    return z.NEVER;
  })
  .nullable()
  .default(null);
const configSchema = z.strictObject({
  local: z
    .strictObject({
      usd_per_hour: price,
      electricity_usd_per_kwh: price,
      cpus: z.number().positive().max(100_000).nullable().default(null),
      memory: size,
    })
    .prefault({})
    .transform((local) => ({
      usdPerHour: local.usd_per_hour,
      electricityUsdPerKwh: local.electricity_usd_per_kwh,
      cpus: local.cpus,
      memoryGib: local.memory,
    })),
});

/** Reads the user's configuration. Errors: `input.unreadable`, `spec.syntax`, `spec.bad-value`. */
export async function readConfig(configDir: string): Promise<Config> {
  const file = join(configDir, 'config.yaml');
  const result = configSchema.safeParse(parseYaml(file, await textOf(file)) ?? {});
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const where = first?.path.map(String).join('.') || 'the file';
  throw new KedgeError('spec.bad-value', `${file}: ${where}: ${first?.message ?? 'invalid'}`, {
    hint: 'it may hold local: {usd_per_hour: 0.5, electricity_usd_per_kwh: 0.2, cpus: 10, memory: 32GB}',
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new KedgeError('input.unreadable', `cannot read ${file}: ${code}`, { cause });
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const message = `${file}: ${(cause as Error).message.split('\n')[0]}`;
    throw new KedgeError('spec.syntax', message, { cause });
  }
}
