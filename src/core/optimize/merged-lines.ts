import type { Line } from './model/task-problem.ts';

/**
 * Machines that are hired alike, and work equally long, are one line: some searchers give each machine
 * a line of its own. Lines of a mix of requests stay, each with its shares.
 */
export function mergedLines(lines: readonly Line[]): readonly Line[] {
  const merged: Line[] = [];
  for (const line of lines) {
    const { candidate, hours } = line;
    const at = merged.findIndex(
      (one) => one.candidate === candidate && one.hours === hours && candidate.serves === undefined,
    );
    if (at < 0) merged.push(line);
    else merged[at] = { ...line, machines: merged[at]!.machines + line.machines };
  }
  return merged;
}
