import { closestWord } from '../../base/closest.ts';
import { entryOf } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { type ApiChange, changeOf } from './api-changes.ts';
import { replaceValue } from './edit-text.ts';
import { walkFields } from './field-walk.ts';
import type { Fix, Report } from './finding.ts';
import { type Manifest, placeOf } from './read-manifests.ts';
import type { KnownKind, Schemas } from './schemas.ts';

/**
 * The kind that an object is meant to be, also where apiVersion or kind are wrong in a way that
 * leaves no doubt; undefined where nothing tells. Reports what is wrong with the pair.
 */
export function resolveKind(
  manifest: Manifest,
  schemas: Schemas,
  report: Report,
): KnownKind | undefined {
  const { apiVersion, kind } = manifest;
  if (kind === undefined) return reportMissing(manifest, 'kind', schemas, report);
  if (apiVersion === undefined) return reportMissing(manifest, 'apiVersion', schemas, report);
  const exact = schemas.kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  if (exact !== undefined) return exact;
  // Reported by the rule on taken back APIs.
  const change = changeOf(apiVersion, kind);
  if (change !== undefined)
    return change.note === undefined ? successor(change, kind, schemas) : undefined;
  return wrongPair(manifest, { apiVersion, kind }, schemas, report);
}

/** Its fields are the same where nothing is noted. */
function successor({ use }: ApiChange, kind: string, { kinds }: Schemas) {
  return kinds.find((one) => one.apiVersion === use?.apiVersion && one.kind === kind);
}

function reportMissing(
  manifest: Manifest,
  key: 'kind' | 'apiVersion',
  schemas: Schemas,
  report: Report,
): KnownKind | undefined {
  const { root, kind } = manifest;
  const homes = key === 'kind' ? [] : likeliest(manifest, kindsNamed(kind!, schemas), schemas);
  const [home] = homes;
  const certain = homes.length === 1 && entryOf(root, key) === undefined && isBlock(manifest);
  const first = root.entries[0]?.keyStart ?? root.start;
  report({
    code: 'manifest.missing-kind',
    at: root.start,
    path: manifest.path,
    message: `the object does not say its ${key}`,
    hint:
      home === undefined
        ? 'every object needs apiVersion and kind'
        : `${home.kind} is in ${homes.map((one) => one.apiVersion).join(' and in ')}`,
    fix:
      certain && manifest.path === ''
        ? {
            what: `write apiVersion: ${home!.apiVersion}`,
            edits: [{ start: first, end: first, text: `apiVersion: ${home!.apiVersion}\n` }],
          }
        : undefined,
  });
  return certain ? home : undefined;
}

function isBlock({ root }: Manifest): boolean {
  return root.entries[0]?.keyStart === root.start;
}

function wrongPair(
  manifest: Manifest,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  schemas: Schemas,
  report: Report,
): KnownKind | undefined {
  const { root, path } = manifest;
  const named = kindsNamed(kind, schemas);
  if (isCustom(apiVersion, schemas)) {
    const at = placeOf(root, 'kind');
    const message = `${quoted(kind)} of ${quoted(apiVersion)} is no kind of Kubernetes itself; its fields are not checked`;
    report({ code: 'manifest.no-schema', at, path, message });
    return undefined;
  }
  if (named.length === 0) {
    reportUnknownKind(manifest, { apiVersion, kind }, schemas, report);
    return undefined;
  }
  const homes = likeliest(manifest, named, schemas);
  const [home] = homes as [KnownKind];
  const certain = homes.length === 1;
  const where = home.kind === kind ? 'apiVersion' : 'kind';
  report({
    code: 'manifest.wrong-api-version',
    at: placeOf(root, where),
    path: path === '' ? where : `${path}.${where}`,
    message: `there is no kind ${quoted(kind)} in ${quoted(apiVersion)}`,
    hint: `${home.kind} is in ${homes.map((one) => one.apiVersion).join(' and in ')}`,
    fix: certain ? pairFix(manifest, home) : undefined,
  });
  return certain ? home : undefined;
}

function pairFix({ root }: Manifest, { apiVersion, kind }: KnownKind): Fix {
  const edits = (['apiVersion', 'kind'] as const).flatMap((key) => {
    const value = entryOf(root, key)?.value;
    const right = key === 'kind' ? kind : apiVersion;
    return value?.kind === 'text' && value.text !== right ? [replaceValue(value, right)] : [];
  });
  return { what: `write apiVersion: ${apiVersion} and kind: ${kind}`, edits };
}

function reportUnknownKind(
  { root, path }: Manifest,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { kinds }: Schemas,
  report: Report,
): void {
  const known = kinds.filter((one) => one.apiVersion === apiVersion).map((one) => one.kind);
  const closest = closestWord(kind, known.length > 0 ? known : kinds.map((one) => one.kind));
  report({
    code: 'manifest.unknown-kind',
    at: placeOf(root, 'kind'),
    path: path === '' ? 'kind' : `${path}.kind`,
    message: `there is no kind ${quoted(kind)} in ${quoted(apiVersion)}`,
    hint: closest === undefined ? undefined : `did you mean "${closest}"?`,
  });
}

/** A group of its own, which no group of Kubernetes is a slip of the pen away from. */
function isCustom(apiVersion: string, { kinds }: Schemas): boolean {
  const group = groupOf(apiVersion);
  const groups = new Set(kinds.map((one) => groupOf(one.apiVersion)));
  if (!group.includes('.') || groups.has(group)) return false;
  return closestWord(group, groups) === undefined || !/^v\d/.test(apiVersion.split('/')[1] ?? '');
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
}

/** Written alike but for its case. */
function kindsNamed(kind: string, { kinds }: Schemas): readonly KnownKind[] {
  const lower = kind.toLowerCase();
  return kinds.filter((one) => one.kind.toLowerCase() === lower);
}

/** Of several, the ones whose fields the object has, the stable ones first. */
function likeliest(
  { root, path }: Manifest,
  named: readonly KnownKind[],
  schemas: Schemas,
): readonly KnownKind[] {
  if (named.length <= 1) return named;
  const counted = named.map((one) => ({ one, faults: faultsAs(one) }));
  const least = Math.min(...counted.map(({ faults }) => faults));
  const best = counted.filter(({ faults }) => faults === least).map(({ one }) => one);
  const stable = best.filter(({ apiVersion }) => /(?:^|\/)v\d+$/.test(apiVersion));
  return stable.length > 0 ? stable : best;

  function faultsAs({ type }: KnownKind): number {
    let faults = 0;
    const count = (): void => {
      faults++;
    };
    const crumb = { map: root, type, path, parent: undefined };
    walkFields(crumb, schemas, { unknown: count, wrong: count });
    return faults;
  }
}
