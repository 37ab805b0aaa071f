import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LintFinding } from '../../spec/lint.ts';
import { fixManifest } from './fix-manifest.ts';
import { type LintOptions, lintManifests } from './lint-manifests.ts';
import { type SchemaFile, schemasIn } from './schemas.ts';

const FILE = join(import.meta.dirname, '..', '..', '..', 'catalog', 'kubernetes.json');

export const SCHEMAS = schemasIn(JSON.parse(readFileSync(FILE, 'utf8')) as SchemaFile);
export const OPTIONS: LintOptions = { schemas: SCHEMAS, target: '1.36' };

/** What is wrong with a text, in its order. */
export function findingsIn(text: string, target = OPTIONS.target): readonly LintFinding[] {
  return lintManifests([{ file: 'x.yaml', text }], { ...OPTIONS, target }).files[0]!.findings;
}

export function codesIn(text: string, target?: string): readonly string[] {
  return findingsIn(text, target).map(({ code }) => code);
}

export function fixedText(text: string): string {
  return fixManifest({ file: 'x.yaml', text }, OPTIONS).text;
}
