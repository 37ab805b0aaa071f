const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-:=+*#';

/** Whether a terminal can draw blocks; one that says it is dumb gets ASCII. */
export function marksFor(env: Readonly<Record<string, string | undefined>>): string {
  return env['TERM'] === 'dumb' ? ASCII : BLOCKS;
}

/**
 * A line of so many marks at most, of a height from nothing to the largest value, or to `max`;
 * where several values share a mark it shows the largest, and a gap is blank.
 */
export function sparkline(
  values: readonly (number | null)[],
  options: { readonly width: number; readonly marks: string; readonly max?: number | null },
): string {
  const { width, marks } = options;
  const columns = Math.min(width, values.length);
  const heights = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    const told = values.slice(from, to).filter((value) => value !== null);
    return told.length === 0 ? null : Math.max(...told);
  });
  const top = options.max ?? Math.max(0, ...heights.map((height) => height ?? 0));
  return heights.map((height) => (height === null ? ' ' : markOf(height, top, marks))).join('');
}

function markOf(height: number, top: number, marks: string): string {
  const share = top <= 0 ? 0 : Math.min(1, height / top);
  return marks[Math.min(marks.length - 1, Math.floor(share * marks.length))]!;
}
