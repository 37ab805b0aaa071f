import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KedgeError } from '../base/errors.ts';

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

/** What an empty file says too. */
const DEFAULTS: Config = {
  local: { usdPerHour: null, electricityUsdPerKwh: null, cpus: null, memoryGib: null },
};

/** Reads the user's configuration. Errors: `input.unreadable`, `spec.syntax`, `spec.bad-value`. */
export async function readConfig(configDir: string): Promise<Config> {
  const file = join(configDir, 'config.yaml');
  const text = await textOf(file);
  if (text === null) return DEFAULTS;
  const { configSchema } = await import('./config-schema.ts');
  const result = configSchema.safeParse(parseYaml(file, text) ?? {});
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const where = first?.path.map(String).join('.') || 'the file';
  throw new KedgeError('spec.bad-value', `${file}: ${where}: ${first?.message ?? 'invalid'}`, {
    hint: 'it may hold local: {usd_per_hour: 0.5, electricity_usd_per_kwh: 0.2, cpus: 10, memory: 32GB}',
  });
}

/** Null where there is no such file. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
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
