import { z } from 'zod';
import { GIB, parseBytes } from '../base/units.ts';

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
/** `config.yaml` as it is written; its own file, for zod takes longer to load than most plans. */
export const configSchema = z.strictObject({
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
