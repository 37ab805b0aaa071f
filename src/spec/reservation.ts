import { z } from 'zod';

const whole = z.number().int().min(0);

/** So much of a machine: thousandths of a vCPU, MiB of memory, devices by their catalog name. */
export const amountsSchema = z.object({
  cpusMilli: whole,
  memoryMib: whole,
  gpusByName: z.record(z.string(), z.number().int().min(1)),
});
export type Amounts = z.infer<typeof amountsSchema>;

/** What one machine of a plan's line takes of a place of one's own while it is hired. */
export const reservationSchema = amountsSchema.extend({ pool: z.string() });
export type Reservation = z.infer<typeof reservationSchema>;

/**
 * The capacity of a place of one's own, which all that run there share, whatever starts them: a
 * machine, or a partition of a cluster. What a cloud has is not ours to hand out.
 */
export type PoolCapacity = {
  /** As `machine:ada`. */
  readonly pool: string;
  /** In words, as "this machine". */
  readonly name: string;
  readonly has: Amounts;
};

/** How long something takes, an 80 % interval around its middle; ms. */
export const spanSchema = z.object({ lowMs: whole, midMs: whole, highMs: whole });
export type Span = z.infer<typeof spanSchema>;

export const NOTHING: Amounts = { cpusMilli: 0, memoryMib: 0, gpusByName: {} };
