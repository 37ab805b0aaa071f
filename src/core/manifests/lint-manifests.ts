import type { LintFinding, LintReport } from '../../spec/lint.ts';
import { lineIndex } from '../../spec/reading/line-index.ts';
import { checkApi, minorOf } from './check-api.ts';
import { checkFields } from './check-fields.ts';
import { checkNames, SEARCHES_MAX } from './check-names.ts';
import { checkObjects } from './check-objects.ts';
import { LINT_CODES } from './codes.ts';
import type { Finding, Report } from './finding.ts';
import type { KnownObject } from './known-object.ts';
import { type ReadFile, readManifests } from './read-manifests.ts';
import { resolveKind } from './resolve-kind.ts';
import type { Schemas } from './schemas.ts';

export type LintOptions = {
  readonly schemas: Schemas;
  /** The version of Kubernetes that the manifests are for, as 1.31. */
  readonly target: string;
};

/** A file by the name that the report shows, and its text. */
export type NamedText = { readonly file: string; readonly text: string };

export type FoundIn = Finding & { readonly document: number };

/** All that is wrong with the files, which are looked at together, as one that is applied. */
export function lintManifests(files: readonly NamedText[], options: LintOptions): LintReport {
  const found = lintTexts(files, options);
  const reports = files.map(({ file, text }, index) => ({
    file,
    findings: findingsOf(text, found[index]!),
  }));
  const all = reports.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  return {
    schema: 'kedge.lint/v1',
    target: options.target,
    schemas: `bundled ${options.schemas.version}`,
    files: reports,
    errors,
    warnings: all.length - errors,
  };
}

/** The same by offsets and with their fixes, for each file in the order of its text. */
export function lintTexts(
  files: readonly NamedText[],
  { schemas, target }: LintOptions,
): readonly (readonly FoundIn[])[] {
  const minor = minorOf(target);
  const read = files.map(({ file, text }) => readManifests(file, text));
  const linted = read.map((file) => lintFile(file, schemas, minor));
  checkObjects(
    linted.flatMap(({ objects }) => objects),
    schemas,
  );
  return linted.map(({ findings }) => unique(findings));
}

type Linted = { readonly findings: FoundIn[]; readonly objects: readonly KnownObject[] };

function lintFile(file: ReadFile, schemas: Schemas, minor: number): Linted {
  const { text, manifests } = file;
  const findings: FoundIn[] = [...file.findings];
  const objects: KnownObject[] = [];
  const searches = { left: SEARCHES_MAX };
  for (const manifest of manifests) {
    const { document, root, path } = manifest;
    const report: Report = (finding) => findings.push({ ...finding, document });
    const is = resolveKind(manifest, schemas, report);
    checkApi(manifest, is, { minor, schemas, report });
    if (is === undefined) continue;
    const crumb = { type: is.type, path, parent: undefined };
    const meant = checkNames({ ...crumb, map: root }, { schemas, text, report, searches });
    checkFields({ ...crumb, map: meant }, { schemas, text, report });
    objects.push({ document, is, crumb: { ...crumb, map: meant }, text, report });
  }
  return { findings, objects };
}

/** One for each code and place: what an alias repeats is wrong once. */
function unique(findings: readonly FoundIn[]): readonly FoundIn[] {
  const kept = new Map<string, FoundIn>();
  for (const finding of findings) {
    const key = `${finding.at} ${finding.code} ${finding.message}`;
    if (!kept.has(key)) kept.set(key, finding);
  }
  return [...kept.values()].toSorted((one, other) => one.at - other.at);
}

function findingsOf(text: string, found: readonly FoundIn[]): LintFinding[] {
  const position = lineIndex(text);
  return found.map(({ code, at, document, path, message, hint, fix }) => ({
    code,
    severity: LINT_CODES[code],
    ...position(at),
    document,
    path,
    message,
    hint: hint ?? null,
    fix: fix?.what ?? null,
  }));
}
