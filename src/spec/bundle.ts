import { z } from 'zod';

/** Longest path in a bundle; Linux opens none that is longer. Source: limits.h, PATH_MAX. */
const PATH_CHARS_MAX = 4095;
/** Folders, files and links of one bundle: more would make a manifest that is hard to send. */
export const BUNDLE_ENTRIES_MAX = 200_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const path = z
  .string()
  .max(PATH_CHARS_MAX)
  .refine((text) => text === '.' || isInner(text), 'is no path within the source');

/** One thing in a source. A source that is a single file has one entry, at `.`. */
export const bundleEntrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), path }),
  z.object({
    kind: z.literal('file'),
    path,
    /** Permission bits alone. */
    mode: z.number().int().min(0).max(0o777),
    size: z.number().int().min(0),
    sha256,
  }),
  z.object({ kind: z.literal('link'), path, target: z.string().min(1).max(PATH_CHARS_MAX) }),
]);
export type BundleEntry = z.infer<typeof bundleEntrySchema>;
export type BundleFile = Extract<BundleEntry, { kind: 'file' }>;

/**
 * What a run is made of, as it was at `up`: the task file by its digest, and its workdir and file
 * mounts, each under the path that the task file has for it. Folders come before what is in them.
 * `kedge.bundle/v1`.
 */
export const bundleSchema = z
  .object({
    schema: z.literal('kedge.bundle/v1'),
    task: sha256,
    sources: z.array(z.object({ path: z.string(), entries: z.array(bundleEntrySchema) })).max(1000),
  })
  .superRefine(({ sources }, context) => {
    const entries = sources.reduce((sum, source) => sum + source.entries.length, 0);
    const problems = sources.map((source) => treeProblem(source.entries)).filter(Boolean);
    if (entries > BUNDLE_ENTRIES_MAX) problems.push(`it has more than ${BUNDLE_ENTRIES_MAX} files`);
    for (const message of problems) context.addIssue({ code: 'custom', message: message! });
  });
export type Bundle = z.infer<typeof bundleSchema>;

/** The SHA-256 of its canonical text, in hex. */
export const bundleIdSchema = sha256;

/** What the id of a bundle is the SHA-256 of: JSON with the keys in one order. */
export function bundleText({ schema, task, sources }: Bundle): string {
  const ordered = sources.map((source) => ({
    path: source.path,
    entries: source.entries.map(orderedEntry),
  }));
  return JSON.stringify({ schema, task, sources: ordered });
}

function orderedEntry(entry: BundleEntry): BundleEntry {
  const { kind, path: at } = entry;
  if (kind === 'folder') return { kind, path: at };
  if (kind === 'link') return { kind, path: at, target: entry.target };
  return { kind, path: at, mode: entry.mode, size: entry.size, sha256: entry.sha256 };
}

/** Bytes and permissions of a file, wherever it lies: `<sha256>-<mode in octal>`. */
export function blobName({ sha256: hash, mode }: Pick<BundleFile, 'sha256' | 'mode'>): string {
  return `${hash}-${mode.toString(8)}`;
}

/** The parts of a blob's name; null when it is none. */
export function parseBlobName(name: string): Pick<BundleFile, 'sha256' | 'mode'> | null {
  const match = /^([0-9a-f]{64})-(0|[1-7][0-7]{0,2})$/.exec(name);
  return match && { sha256: match[1]!, mode: Number.parseInt(match[2]!, 8) };
}

/**
 * True when a link at this path, wherever its target leads, stays in the source: it may go up
 * only at its start, and never above the source. What comes after a name may pass through other
 * links, which stay inside by the same rule; `name/..` would leave the folder that a link leads
 * to, not the one that it lies in.
 */
export function staysInside(link: { readonly path: string; readonly target: string }): boolean {
  if (link.target.startsWith('/') || link.target.includes('\0')) return false;
  const parts = link.target.split('/').filter((part) => part !== '' && part !== '.');
  const firstName = parts.findIndex((part) => part !== '..');
  const ups = firstName === -1 ? parts.length : firstName;
  const depth = link.path.split('/').length - 1;
  return ups <= depth && !parts.slice(ups).includes('..');
}

function isInner(text: string): boolean {
  if (text.includes('\0')) return false;
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** What a path leads to, as far as unpacking it safely goes. */
type TreeEntry =
  | { readonly kind: 'folder' | 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Why these entries cannot be unpacked safely; null when they can. */
export function treeProblem(entries: readonly TreeEntry[]): string | null {
  const only = entries[0];
  if (only?.path === '.') return entries.length === 1 && only.kind === 'file' ? null : 'a bad root';
  const folders = new Set(['']);
  const seen = new Set<string>();
  for (const entry of entries) {
    const { path: at } = entry;
    if (at === '.' || seen.has(at)) return `${at} is there twice`;
    if (!folders.has(at.slice(0, Math.max(0, at.lastIndexOf('/'))))) return `${at} is in no folder`;
    if (entry.kind === 'link' && !staysInside(entry)) return `the link ${at} leads out`;
    if (entry.kind === 'folder') folders.add(at);
    seen.add(at);
  }
  return null;
}
