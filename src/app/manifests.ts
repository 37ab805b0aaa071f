import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { KedgeError } from '../base/errors.ts';
import { fixManifest } from '../core/manifests/fix-manifest.ts';
import { lintManifests, type NamedText } from '../core/manifests/lint-manifests.ts';
import { type SchemaFile, type Schemas, schemasIn } from '../core/manifests/schemas.ts';
import type { LintReport } from '../spec/lint.ts';

/** The sources in src/ and the build in dist/ lie equally deep below the package. */
const BUNDLED_FILE = fileURLToPath(new URL('../../catalog/kubernetes.json', import.meta.url));

/** The fields of Kubernetes that come with the package. Errors: `catalog.corrupt`. */
export async function bundledSchemas(file: string = BUNDLED_FILE): Promise<Schemas> {
  try {
    return schemasIn(JSON.parse(await readFile(file, 'utf8')) as SchemaFile);
  } catch (cause) {
    throw new KedgeError('catalog.corrupt', `cannot read the fields of Kubernetes, ${file}`, {
      cause,
      hint: 'install kedge again; the file comes with the package',
    });
  }
}

/** The minor version that schemas are of, as 1.36. */
export function targetOf({ version }: Schemas): string {
  return version.split('.', 2).join('.');
}

/** What is wrong with manifests for a version of Kubernetes; default: the one of the schemas. */
export async function lintFiles(
  files: readonly NamedText[],
  target: string | undefined,
): Promise<LintReport> {
  const schemas = await bundledSchemas();
  return lintManifests(files, { schemas, target: target ?? targetOf(schemas) });
}

/** A repaired file: what it was, what it would be, and what is still wrong with it. */
export type FixedFile = {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** What was done, one sentence for each repair. */
  readonly done: readonly { readonly code: string; readonly what: string }[];
  readonly left: LintReport;
};

/** Repairs what is certain. Writes nothing. */
export async function fixFile(
  { file, text }: NamedText,
  target: string | undefined,
): Promise<FixedFile> {
  const schemas = await bundledSchemas();
  const options = { schemas, target: target ?? targetOf(schemas) };
  const fixed = fixManifest({ file, text }, options);
  return {
    file,
    before: text,
    after: fixed.text,
    done: fixed.done.map(({ code, fix }) => ({ code, what: fix!.what })),
    left: lintManifests([{ file, text: fixed.text }], options),
  };
}
