import { KedgeError } from '../../base/errors.ts';
import { entryOf } from '../../spec/reading/node.ts';
import { type ApiChange, changeOf, sinceOf } from './api-changes.ts';
import { replaceValue } from './edit-text.ts';
import { walkFields } from './field-walk.ts';
import type { Fix, Report } from './finding.ts';
import { type Manifest, placeOf } from './read-manifests.ts';
import type { KnownKind, Schemas } from './schemas.ts';

type Options = { readonly minor: number; readonly schemas: Schemas; readonly report: Report };

/** The minor of a version of Kubernetes. Errors: `cli.usage` for what is none. */
export function minorOf(version: string): number {
  const minor = /^v?1\.(\d{1,3})(?:\.\d+)?$/.exec(version)?.[1];
  if (minor !== undefined) return Number(minor);
  throw new KedgeError('cli.usage', `${version.slice(0, 40)} is no version of Kubernetes`, {
    hint: 'write it as --target 1.31',
  });
}

/** APIs that the target version has no more, will not have for long, or does not have yet. */
export function checkApi(manifest: Manifest, is: KnownKind | undefined, options: Options): void {
  const { apiVersion, kind } = manifest;
  if (apiVersion === undefined || kind === undefined) return;
  const change = changeOf(apiVersion, kind);
  if (change !== undefined) reportChange(manifest, is, change, options);
  else reportTooNew(manifest, { apiVersion, kind }, options);
}

function reportChange(
  manifest: Manifest,
  is: KnownKind | undefined,
  change: ApiChange,
  options: Options,
): void {
  const { minor, report } = options;
  if (minor < change.deprecated) return;
  const { apiVersion, use, note } = change;
  const isGone = minor >= change.removed;
  const what = `${manifest.kind} of ${apiVersion}`;
  report({
    code: isGone ? 'manifest.removed-api' : 'manifest.deprecated-api',
    at: placeOf(manifest.root, 'apiVersion'),
    path: manifest.path === '' ? 'apiVersion' : `${manifest.path}.apiVersion`,
    message: isGone
      ? `${what} was removed in 1.${change.removed}`
      : `${what} is deprecated, and removed in 1.${change.removed}`,
    hint: [use === undefined ? '' : `use ${use.apiVersion}`, note ?? ''].filter(Boolean).join('; '),
    fix: fixOf(manifest, is, change, options),
  });
}

/** Certain where every field of the object is one of the successor too. */
function fixOf(
  { root, path }: Manifest,
  is: KnownKind | undefined,
  { use }: ApiChange,
  { minor, schemas }: Options,
): Fix | undefined {
  const written = entryOf(root, 'apiVersion')?.value;
  if (is === undefined || use === undefined || minor < use.since) return undefined;
  if (written?.kind !== 'text') return undefined;
  let fits = true;
  const misfit = (): void => {
    fits = false;
  };
  walkFields({ map: root, type: is.type, path, parent: undefined }, schemas, {
    unknown: misfit,
    wrong: misfit,
  });
  if (!fits) return undefined;
  return { what: `write ${use.apiVersion}`, edits: [replaceValue(written, use.apiVersion)] };
}

function reportTooNew(
  { root, path }: Manifest,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { minor, report }: Options,
): void {
  const since = sinceOf(apiVersion, kind);
  if (since === undefined || minor >= since) return;
  report({
    code: 'manifest.api-too-new',
    at: placeOf(root, 'apiVersion'),
    path: path === '' ? 'apiVersion' : `${path}.apiVersion`,
    message: `${kind} of ${apiVersion} is not in 1.${minor}: it came in 1.${since}`,
  });
}
