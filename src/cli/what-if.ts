import { isMap, parseAllDocuments } from 'yaml';
import { KedgeError } from '../base/errors.ts';
import { asMicros, showMicros } from '../base/money.ts';
import { formatDuration, HOUR_MS } from '../base/time.ts';
import type { Plan } from '../spec/plan.ts';

/** What `--what-if` may change: keys of `goal`, as a task file has them. */
const KEYS = ['deadline', 'budget', 'spot', 'minimize'] as const;

/**
 * The text of a task file in which every task has these goals, each as `deadline=12h`. It is read
 * as any other: a value that makes no sense is told as in a file. Errors: `cli.usage`.
 */
export function changedText(text: string, changes: readonly string[]): string {
  const pairs = changes.map(pairOf);
  const documents = parseAllDocuments(text);
  for (const document of documents) {
    if (!isMap(document.contents)) continue;
    for (const [key, value] of pairs) document.setIn(['goal', key], value);
  }
  return documents.map(String).join('');
}

function pairOf(change: string): readonly [string, string] {
  const at = change.indexOf('=');
  const [key, value] = [change.slice(0, at).trim(), change.slice(at + 1).trim()];
  if (at > 0 && value !== '' && (KEYS as readonly string[]).includes(key)) return [key, value];
  throw new KedgeError('cli.usage', `--what-if cannot change ${JSON.stringify(change)}`, {
    hint: `write it as deadline=12h; it takes ${KEYS.join(', ')}`,
  });
}

/** What changes with it, before the plan itself; null costs and hours are not known. */
export function describeChange(
  changes: readonly string[],
  { before, after }: { readonly before: Plan; readonly after: Plan },
): readonly string[] {
  return [
    `What if ${changes.join(', ')}:`,
    `  cost   ${costWords(before)} → ${costWords(after)}${differenceWords(before, after)}`,
    `  time   ${timeWords(before)} → ${timeWords(after)}`,
    `  where  ${placeWords(before)} → ${placeWords(after)}`,
  ];
}

function differenceWords({ costMicros: before }: Plan, { costMicros: after }: Plan): string {
  if (before === null || after === null || before === after) return '';
  const more = showMicros(asMicros(Math.abs(after - before)));
  return after > before ? ` (${more} more)` : ` (${more} less)`;
}

function costWords({ costMicros, nanosPerHour }: Plan): string {
  if (costMicros !== null) return showMicros(costMicros);
  return nanosPerHour === null ? '?' : `${showMicros(asMicros(Math.round(nanosPerHour / 1000)))}/h`;
}

function timeWords({ hours }: Plan): string {
  return hours === null ? '?' : formatDuration(Math.round(hours * HOUR_MS));
}

function placeWords({ allocations }: Plan): string {
  const places = [...new Set(allocations.map(({ place }) => place))];
  return places.length > 2 ? `${places.length} places` : places.join(' + ');
}
