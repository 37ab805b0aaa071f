import { entryOf, isNull } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import type { CheckOptions } from './check-names.ts';
import { reportScalar, reportWrongType } from './check-values.ts';
import { type Crumb, join, walkFields } from './field-walk.ts';
import type { Report } from './finding.ts';
import type { Fields } from './schemas.ts';

/** Fields that are missing, and values that are not of their form. */
export function checkFields(root: Crumb, options: Omit<CheckOptions, 'searches'>): void {
  walkFields(root, options.schemas, {
    map: (crumb, fields) => reportMissing(crumb, fields, options.report),
    wrong: (value, form, path) => reportWrongType(value, form, { path, ...options }),
    scalar: (value, scalar, path) => reportScalar(value, scalar, { path, ...options }),
  });
}

function reportMissing({ map, path, type }: Crumb, fields: Fields, report: Report): void {
  for (const [name, { required }] of fields) {
    // Has a rule of its own, which can say which one is meant.
    const isSelector = name === 'selector' && type.startsWith('apps.');
    if (!required || isSelector) continue;
    const entry = entryOf(map, name);
    if (entry !== undefined && !isNull(entry.value)) continue;
    report({
      code: 'manifest.missing-field',
      at: entry?.keyStart ?? map.start,
      path: join(path, name),
      message: `${path === '' ? 'the object' : quoted(path)} needs the field "${name}"`,
    });
  }
}
