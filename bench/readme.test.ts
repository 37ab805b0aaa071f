import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Limit } from './limit.ts';
import { LIMITS } from './limits.ts';

/** Without the spaces that align its tables. */
const README = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  .replaceAll(/ +/g, ' ')
  .replaceAll(/-+/g, '-');

const NOT_YET = /^Not measured at full count yet: ([^\n]*(?:\n[^\n]+)*)/m.exec(README)?.[1] ?? '';

for (const [name, figure] of Object.entries(LIMITS)) {
  it(`the README tells of ${name} what bench holds it to, and its last value`, () => {
    const { limit, unit, better, tolerance, runs }: Limit = figure;
    const sign = better === 'lower' ? '≤' : '≥';
    const held = limit === null ? '-' : `${sign} ${limit} ${unit}`;
    const share = limit === null ? '-' : `${tolerance * 100} %`;
    assert.ok(README.includes(`| \`${name}\` | ${held} | ${share} | ${runs} |`));
    const isMeasured = new RegExp(
      `^\\| \`${name}\` \\| -?[\\d.]+(?:e-?\\d+)? ${unit} \\| `,
      'm',
    ).test(README);
    // Or says that there is none: one of both, not both.
    assert.notEqual(isMeasured, NOT_YET.includes(`\`${name}\``));
  });
}
