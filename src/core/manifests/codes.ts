import type { Severity } from '../../spec/lint.ts';

/** Every code that a finding can have. docs/manifests.md has a row for each, which a test demands. */
export const LINT_CODES = {
  'manifest.syntax': 'error',
  'manifest.too-complex': 'error',
  'manifest.duplicate-key': 'error',
  'manifest.missing-separator': 'error',
  'manifest.not-an-object': 'error',
  'manifest.missing-kind': 'error',
  'manifest.wrong-api-version': 'error',
  'manifest.unknown-kind': 'error',
  'manifest.no-schema': 'warning',
  'manifest.deprecated-api': 'warning',
  'manifest.removed-api': 'error',
  'manifest.api-too-new': 'error',
  'manifest.unknown-field': 'error',
  'manifest.misplaced-field': 'error',
  'manifest.missing-field': 'error',
  'manifest.wrong-type': 'error',
  'manifest.bad-value': 'error',
  'manifest.bad-name': 'error',
  'manifest.dangling-mount': 'error',
  'manifest.selector-mismatch': 'error',
  'manifest.selector-unmatched': 'warning',
  'manifest.missing-requests': 'warning',
  'manifest.missing-limits': 'warning',
  'manifest.limit-below-request': 'error',
  'manifest.device-without-limit': 'error',
  'manifest.device-unequal': 'error',
  'manifest.mutable-image': 'warning',
  'manifest.privileged': 'warning',
  'manifest.host-path': 'warning',
  'manifest.host-namespace': 'warning',
} as const satisfies Record<string, Severity>;

export type LintCode = keyof typeof LINT_CODES;
