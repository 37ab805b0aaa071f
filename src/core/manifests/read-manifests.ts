import { KedgeError } from '../../base/errors.ts';
import { LIMITS } from '../../spec/reading/limits.ts';
import { entryOf, type MapNode, type Node } from '../../spec/reading/node.ts';
import { readYaml } from '../../spec/reading/read-yaml.ts';
import { type Problem, Reading } from '../../spec/reading/reading.ts';
import type { LintCode } from './codes.ts';
import type { Finding } from './finding.ts';
import { shiftNode } from './shift-node.ts';
import { type Part, splitDocuments } from './split-documents.ts';

/** One object of a file: a document, or an item of a `List`. */
export type Manifest = {
  /** Counted from one. */
  readonly document: number;
  /** Of the object in its document: empty, or `items[0]`. */
  readonly path: string;
  readonly root: MapNode;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
};

/** A file as the lint sees it. */
export type ReadFile = {
  readonly text: string;
  readonly manifests: readonly Manifest[];
  /** What is wrong before anybody looks at a field; with the number of its document. */
  readonly findings: readonly (Finding & { readonly document: number })[];
};

const CODES: Readonly<Record<string, LintCode>> = {
  'spec.syntax': 'manifest.syntax',
  'spec.duplicate-key': 'manifest.duplicate-key',
  'spec.bad-value': 'manifest.syntax',
  'spec.too-complex': 'manifest.too-complex',
};

/**
 * Reads each document by itself, so that one that is no YAML does not hide what is wrong with the
 * others. Offsets are those of the whole text.
 */
export function readManifests(file: string, text: string): ReadFile {
  const manifests: Manifest[] = [];
  const findings: (Finding & { document: number })[] = [];
  let document = 0;
  for (const part of splitDocuments(text)) {
    const { roots, problems } = readPart(file, text, part);
    if (roots.length === 0 && problems.length === 0) continue;
    document++;
    if (document > LIMITS.documents) {
      findings.push({ ...tooMany(part), document });
      break;
    }
    const found: Finding[] = [
      ...(part.missingAt === undefined ? [] : [missingSeparator(text, part, part.missingAt)]),
      ...problems.map((problem) => findingOf(problem, part.start)),
    ];
    for (const root of roots) {
      if (root.kind === 'map') manifests.push(...objectsIn(root, document));
      else found.push(noObject(root));
    }
    findings.push(...found.map((finding) => ({ ...finding, document })));
  }
  if (document === 0) findings.push({ ...NOTHING, document: 1 });
  return { text, manifests, findings };
}

const NOTHING: Finding = {
  code: 'manifest.not-an-object',
  at: 0,
  path: '',
  message: 'there is no object in it',
  hint: 'begin one with apiVersion and kind',
};

type ReadPart = { readonly roots: readonly Node[]; readonly problems: readonly Problem[] };

function readPart(file: string, text: string, { start, end }: Part): ReadPart {
  const reading = new Reading(file, text.slice(start, end), 'manifest');
  try {
    return { roots: readYaml(reading).map((root) => shiftNode(root, start)), problems: [] };
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
    return { roots: [], problems: reading.problems };
  }
}

function findingOf({ code, at, message, hint }: Problem, start: number): Finding {
  return { code: CODES[code] ?? 'manifest.syntax', at: start + at, path: '', message, hint };
}

function missingSeparator(text: string, { start }: Part, at: number): Finding {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    code: 'manifest.missing-separator',
    at,
    path: '',
    message: 'another object begins here, without a line "---" before it',
    hint: 'separate objects of one file by lines "---"',
    fix: { what: 'put `---` before it', edits: [{ start, end: start, text: `---${eol}` }] },
  };
}

function noObject({ start, kind }: Node): Finding {
  return {
    code: 'manifest.not-an-object',
    at: start,
    path: '',
    message: `a manifest is keys with values, not a ${kind}`,
    hint: 'begin it with apiVersion and kind',
  };
}

function tooMany({ start }: Part): Finding {
  const message = `the file has more than ${LIMITS.documents} documents; the rest is not looked at`;
  return { code: 'manifest.too-complex', at: start, path: '', message };
}

/** The object itself; of a list, as `List` or `PodList`, its items, which may leave the pair out. */
function objectsIn(root: MapNode, document: number): readonly Manifest[] {
  const kind = textAt(root, 'kind');
  const apiVersion = textAt(root, 'apiVersion');
  const items = entryOf(root, 'items')?.value;
  if (kind?.endsWith('List') !== true || items?.kind !== 'list') {
    return [{ document, path: '', root, apiVersion, kind }];
  }
  const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
  const itemVersion = kind === 'List' ? undefined : apiVersion;
  return items.items.flatMap((item, index) => {
    if (item.kind !== 'map') return [];
    const path = `items[${index}]`;
    return {
      document,
      path,
      root: item,
      apiVersion: textAt(item, 'apiVersion') ?? itemVersion,
      kind: textAt(item, 'kind') ?? itemKind,
    };
  });
}

/** Where the value of a key stands; the object itself where it does not say it. */
export function placeOf(root: MapNode, key: 'apiVersion' | 'kind'): number {
  return entryOf(root, key)?.value.start ?? root.start;
}

/** The text of a key; undefined where there is none, or none that says anything. */
function textAt(map: MapNode, key: string): string | undefined {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'text' && value.text !== '' ? value.text : undefined;
}
