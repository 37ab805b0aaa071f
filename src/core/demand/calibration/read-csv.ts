/** One line of a CSV file by its column's name; '' for a cell that the line does not have. */
export type CsvRecord = { readonly [column: string]: string };

/**
 * The records of a CSV text whose first line names the columns (RFC 4180: a quoted cell may hold
 * commas, line ends and doubled quotes). A byte order mark and empty lines are passed over; a quote
 * that is never closed ends with the text.
 */
export function readCsv(text: string): CsvRecord[] {
  const [header, ...lines] = csvLines(text.replace(/^\uFEFF/, ''));
  if (header === undefined) return [];
  const columns = header.map((name) => name.trim());
  return lines.map((cells) =>
    Object.fromEntries(columns.map((name, column) => [name, cells[column]?.trim() ?? ''])),
  );
}

const BARE = /[^,\r\n]*/y;
const END = /,|\r\n|\n|\r|$/y;

function csvLines(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  let isOpen = false;
  while (at < text.length || isOpen) {
    const cell = text[at] === '"' ? quotedCell(text, at + 1) : { value: '', next: at };
    const bare = matchAt(BARE, text, cell.next);
    const end = matchAt(END, text, cell.next + bare.length);
    cells.push(text[at] === '"' ? cell.value : bare);
    at = cell.next + bare.length + end.length;
    isOpen = end === ',';
    if (isOpen) continue;
    if (cells.some((value) => value !== '')) lines.push(cells);
    cells = [];
  }
  return lines;
}

/** The cell whose text starts at `start`, behind its quote, and where what follows it starts. */
function quotedCell(text: string, start: number): { value: string; next: number } {
  const parts: string[] = [];
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    const end = quote < 0 ? text.length : quote;
    parts.push(text.slice(from, end));
    if (text[end + 1] !== '"')
      return { value: parts.join('"'), next: Math.min(end + 1, text.length) };
    from = end + 2;
  }
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}
