import { KedgeError } from '../../../base/errors.ts';
import { SECOND_MS } from '../../../base/time.ts';
import type { Trace } from './trace.ts';

/** More ticks than that in one file are taken for a mistake: ten years of half minutes. */
const TICKS_MAX = 12_000_000;
const COLUMNS = ['kind', 'nodes_requested', 'gap_s', 'offset_s', 'duration_s', 'available_count'];
/** us-west-2a is in us-west-2, us-central1-a in us-central1. */
const ZONE_LETTER = /-?[a-z]$/;
const NAMING = ['cloud', 'zone', 'instance', 'start_date'];

/**
 * The traces of one file: JSON `{"metadata": {"gap_seconds": 600}, "data": [1, 0, …]}`, the format
 * of Wu et al. (NSDI 2024), or CSV with a line for each run of equal counts and the columns `kind`,
 * `nodes_requested`, `cloud`, `zone`, `instance`, `start_date`, `gap_s`, `offset_s`, `duration_s`,
 * `available_count`, of which the lines of kind `availability` are read. Error: `trace.invalid`.
 */
export function readTraces(file: string, text: string): readonly Trace[] {
  const traces = text.trimStart().startsWith('{') ? [fromJson(file, text)] : fromCsv(file, text);
  if (traces.length === 0) throw invalid(file, 'it has no trace of kind availability');
  return traces;
}

function fromJson(file: string, text: string): Trace {
  const { metadata, data } = parsed(file, text);
  const gap = (metadata as { readonly gap_seconds?: unknown } | undefined)?.gap_seconds;
  if (typeof gap !== 'number') throw invalid(file, 'metadata.gap_seconds is no number');
  if (!Array.isArray(data) || data.length === 0) throw invalid(file, 'data is no list of counts');
  if (data.length > TICKS_MAX) throw invalid(file, `it has more than ${TICKS_MAX} ticks`);
  const wrong = data.findIndex((count) => !isCount(count));
  if (wrong !== -1) {
    throw invalid(file, `data[${wrong}] is ${JSON.stringify(data[wrong])}, which is no count`);
  }
  const counts = Float64Array.from(data);
  return { name: file, tickMs: tickMsOf(file, gap), counts, asked: null, region: null };
}

function parsed(
  file: string,
  text: string,
): { readonly metadata?: unknown; readonly data?: unknown } {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KedgeError('trace.invalid', `${file} is no JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function fromCsv(file: string, text: string): Trace[] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const columns = header.split(',');
  const missing = [...COLUMNS, ...NAMING].filter((column) => !columns.includes(column));
  if (missing.length > 0) throw invalid(file, `it has no column ${missing.join(', ')}`);
  const rows = lines.map((line, index) => rowOf({ file, line: index + 2 }, columns, line));
  const available = rows.filter(({ text: cell }) => cell('kind') === 'availability');
  const byName = Map.groupBy(available, ({ text: cell }) =>
    [...NAMING.map(cell), cell('nodes_requested')].join(' '),
  );
  return [...byName.values()].map((runs) => traceOfRuns(file, runs));
}

type Row = {
  readonly line: number;
  readonly text: (column: string) => string;
  readonly count: (column: string) => number;
};

function rowOf(
  { file, line }: { readonly file: string; readonly line: number },
  columns: readonly string[],
  written: string,
): Row {
  const cells = written.split(',');
  const text = (column: string) => cells[columns.indexOf(column)] ?? '';
  const count = (column: string) => {
    const value = Number(text(column));
    if (text(column) !== '' && isCount(value)) return value;
    throw invalid(file, `line ${line}: ${column} is "${text(column)}", which is no count`);
  };
  return { line, text, count };
}

/** Runs of equal counts, each beginning where the one before ends. */
function traceOfRuns(file: string, runs: readonly Row[]): Trace {
  const [{ text, count }] = runs as [Row];
  const tickMs = tickMsOf(file, count('gap_s'));
  const counts: number[] = [];
  for (const run of runs) {
    if (run.count('offset_s') * SECOND_MS !== counts.length * tickMs) {
      throw invalid(file, `line ${run.line} does not begin where the run before it ends`);
    }
    const ticks = (run.count('duration_s') * SECOND_MS) / tickMs;
    if (!Number.isInteger(ticks) || counts.length + ticks > TICKS_MAX) {
      throw invalid(file, `line ${run.line}: duration_s is no whole number of ticks`);
    }
    for (let tick = 0; tick < ticks; tick++) counts.push(run.count('available_count'));
  }
  const asked = count('nodes_requested');
  const place = `${text('cloud')}/${text('zone')} ${text('instance')}`;
  const name = `${asked === 1 ? '' : `${asked} × `}${place} ${text('start_date')}`;
  const region = name.replace(text('zone'), text('zone').replace(ZONE_LETTER, ''));
  return { name, tickMs, counts: Float64Array.from(counts), asked, region };
}

function tickMsOf(file: string, gapS: number): number {
  const tickMs = Math.round(gapS * SECOND_MS);
  if (Number.isSafeInteger(tickMs) && tickMs >= SECOND_MS) return tickMs;
  throw invalid(file, `a tick of ${gapS} s is too short: one second is the least`);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function invalid(file: string, why: string): KedgeError {
  return new KedgeError('trace.invalid', `${file} is no trace of availability: ${why}`, {
    hint: 'a trace is {"metadata": {"gap_seconds": 600}, "data": [1, 0, 1]}',
  });
}
