import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `step-<N>/.kedge/manifest.json` in a checkpoint folder: what a checkpoint is made of. It counts
 * once `.kedge/complete`, written last, holds the manifest's SHA-256. `kedge.checkpoint/v1`.
 */
export const checkpointManifestSchema = z.object({
  schema: z.literal('kedge.checkpoint/v1'),
  step: z.number().int().min(0),
  files: z.array(z.object({ path: z.string().min(1), size: z.number().int().min(0), sha256 })),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

export const MANIFEST_PATH = '.kedge/manifest.json';
export const COMPLETE_PATH = '.kedge/complete';

/** The step of a folder's name, as of `step-120`; null for any other name. */
export function stepOf(name: string): number | null {
  const step = Number(/^step-(0|[1-9]\d{0,14})$/.exec(name)?.[1] ?? Number.NaN);
  return Number.isNaN(step) ? null : step;
}

export function stepFolder(step: number): string {
  return `step-${step}`;
}

/** Begins the names of steps that were found incomplete and put aside. */
export const INCOMPLETE = '.incomplete-';
/** Begins the names of steps that are being written. */
export const SAVING = '.saving-';

/** True for what lies in the way of no task and need not be carried, nor collected. */
export function isLeftover(path: string): boolean {
  return path.startsWith(INCOMPLETE) || path.startsWith(SAVING);
}
