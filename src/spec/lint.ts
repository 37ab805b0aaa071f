import { z } from 'zod';

export const severitySchema = z.enum(['error', 'warning']);
export type Severity = z.infer<typeof severitySchema>;

/** One thing that is wrong with a manifest, at one place of it. */
export const lintFindingSchema = z.object({
  /** As `manifest.unknown-field`; docs/manifests.md lists them. */
  code: z.string(),
  severity: severitySchema,
  /** Counted from one. */
  line: z.number().int(),
  column: z.number().int(),
  /** Of the YAML documents of the file, counted from one. */
  document: z.number().int(),
  /** As `spec.containers[0].image`; empty for the document itself. */
  path: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  /** What `kedge manifest fix` would do about it; null where it leaves that to the user. */
  fix: z.string().nullable(),
});
export type LintFinding = z.infer<typeof lintFindingSchema>;

/** What `kedge manifest lint -o json` prints: `kedge.lint/v1`. */
export const lintReportSchema = z.object({
  schema: z.literal('kedge.lint/v1'),
  /** The version of Kubernetes that the files are for, as 1.31. */
  target: z.string(),
  /** Where the fields are known from. */
  schemas: z.string(),
  files: z.array(z.object({ file: z.string(), findings: z.array(lintFindingSchema) })),
  errors: z.number().int(),
  warnings: z.number().int(),
});
export type LintReport = z.infer<typeof lintReportSchema>;
