import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';

/** A file that a task has left, as it is kept. */
export const artifactFileSchema = z.object({
  path: z.string().min(1).max(4095).refine(isInnerPath, 'is no path within a folder'),
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  modifiedAt: z.number().transform((value) => value as EpochMs),
});
export type ArtifactFile = z.infer<typeof artifactFileSchema>;

/** `artifact`: kept by the server. `work`: in the working directory, where its place has it. */
export const FILE_SOURCES = ['artifact', 'work'] as const;
export type FileSource = (typeof FILE_SOURCES)[number];

/** A file of a run that can be pulled. Files in working directories may change: without hash. */
export const pulledFileSchema = artifactFileSchema.extend({
  source: z.enum(FILE_SOURCES),
  allocation: z.number().int().min(0),
  rank: z.number().int().min(0),
  sha256: artifactFileSchema.shape.sha256.nullable(),
});
export type PulledFile = z.infer<typeof pulledFileSchema>;

/** The most that is kept of one node; what is more is left out, and said. */
export const ARTIFACT_BYTES_MAX = 100 * 1024 ** 3;
export const ARTIFACT_FILES_MAX = 50_000;

/** True for names joined by `/`, none of which leads out or nowhere. */
export function isInnerPath(text: string): boolean {
  if (text.includes('\0')) return false;
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A path as one within the working directory, without what says nothing; null for any other. */
export function innerPath(path: string): string | null {
  return path.startsWith('/') ? null : (namesOf(path)?.join('/') ?? null);
}

/** Where an artifact of a task file lies. */
export type ArtifactPlace = {
  readonly root: 'work' | 'checkpoint';
  /** In the root. */
  readonly under: string;
  /** Under which it is kept. */
  readonly keptAs: string;
};

/** The working directory as containers see it. */
const CONTAINER_WORK = '/workdir/';

/** Null for a path outside of what outlives the task: its working directory and checkpoints. */
export function placeOfArtifact(path: string, checkpointPath: string | null): ArtifactPlace | null {
  const isAbsolute = path.startsWith('/');
  const names = namesOf(path);
  const own = checkpointPath === null ? null : namesOf(checkpointPath);
  if (names === null) return null;
  const keptAs = names.join('/');
  const isInOwn =
    own !== null && own.length > 0 && own.every((name, index) => names[index] === name);
  if (isInOwn && checkpointPath?.startsWith('/') === isAbsolute) {
    return { root: 'checkpoint', under: names.slice(own.length).join('/'), keptAs };
  }
  if (!isAbsolute) return { root: 'work', under: keptAs, keptAs };
  if (!`/${keptAs}/`.startsWith(CONTAINER_WORK)) return null;
  const inner = names.slice(1).join('/');
  return { root: 'work', under: inner, keptAs: inner };
}

/** Null where it leads out, or to somebody's home. */
function namesOf(path: string): readonly string[] | null {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return path.startsWith('~') || path.includes('\0') || names.includes('..') ? null : names;
}

/** A path in or at another; the empty path is in none, and everything is in it. */
export function isUnder(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
