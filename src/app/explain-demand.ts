import { GIB } from '../base/units.ts';
import type { ModelBook } from '../core/demand/estimate-demand.ts';
import { readDevices } from '../core/demand/explain/choose-layout.ts';
import { explainDemand } from '../core/demand/explain/explain-demand.ts';
import type {
  Explained,
  ExplainedBytes,
  ExplainedResult,
  ExplainedSamples,
  ExplainedTime,
} from '../core/demand/explain/explained.ts';
import { formatSeconds } from '../core/demand/explain/term.ts';
import { sglangOptions, vllmOptions } from '../core/demand/serving/engine-options.ts';
import type { Interval } from '../spec/demand.ts';
import type { TaskFile } from '../spec/task.ts';
import type { DemandReport } from './demand.ts';

/** What `kedge demand --explain` prints: each task's demand, and how one of its layouts comes about. */
export type ExplainedReport = Omit<DemandReport, 'tasks'> & {
  readonly tasks: readonly (DemandReport['tasks'][number] & {
    /** One layout; of a mix of requests one for each size. None where nothing is reckoned. */
    readonly explained: readonly Explained[];
  })[];
};

/** Errors: those of `readDevices` and `explainDemand`. */
export function explainedDemand(
  report: DemandReport,
  file: TaskFile,
  {
    on,
    models = new Map(),
  }: { readonly on?: string | undefined; readonly models?: ModelBook | undefined } = {},
): ExplainedReport {
  const wanted = on === undefined ? null : readDevices(on);
  const tasks = report.tasks.map((demand, index) => {
    const explained = explainDemand(file.tasks[index]!, demand, { on: wanted, models });
    return { ...demand, explained };
  });
  return { ...report, tasks };
}

const COLUMNS = 80;

/** The arithmetic as lines for a terminal of 80 columns. */
export function describeExplained({ tasks }: ExplainedReport): readonly string[] {
  const parts = tasks.flatMap(({ name, basis, explained }) =>
    explained.length === 0
      ? [[shortened(`${name ?? 'task'}: ${nothingWords(basis)}`)]]
      : explained.map((one) => explainedLines(name ?? 'task', one)),
  );
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function nothingWords(basis: DemandReport['tasks'][number]['basis']): string {
  const known = { resources: 'its resources are', work: 'its work is' };
  return basis === 'model'
    ? 'nothing to explain: no device that is known has arithmetic of its precision'
    : `nothing to explain: ${known[basis]} all that is known`;
}

function explainedLines(name: string, one: Explained): readonly string[] {
  const { inherited, memory, memoryBytes, usableBytes, unfit, time, results } = one;
  const gib = (bytes: number): string => (bytes / GIB).toFixed(1);
  const { low, mid, high } = memoryBytes;
  return [
    shortened(`${name}: how it comes about on ${one.devices} × ${one.accelerator}`),
    ...wrapped(`${layoutWords(one)}.`, { first: '  ', rest: '  ' }),
    ...(inherited === null ? [] : wrapped(`${inherited}.`, { first: '  ', rest: '  ' })),
    ...engineLines(one),
    '',
    `  MEMORY of the fullest device: ${gib(mid)} GiB (${gib(low)}–${gib(high)}) of ${gib(usableBytes)}`,
    ...table('GIB', memory.map(bytesRow), mid),
    ...(unfit === null ? [] : ['', ...wrapped(`Does not fit: ${unfit}.`, INDENTED)]),
    ...time.flatMap(timeLines),
    ...(results.length === 0 ? [] : ['', '  RESULT', ...resultLines(one)]),
  ];
}

/** With which options engines serve so; none where tensor parallelism is all that there is to set. */
function engineLines({ devices, layout }: Explained): readonly string[] {
  const { tensorParallel, dataParallel, serving } = layout;
  if (serving === undefined) return [];
  const replica = { devices: devices / dataParallel, tensorParallel, ...serving };
  const engines = [`vLLM: ${vllmOptions(replica)}`, `SGLang: ${sglangOptions(replica)}`];
  return engines.flatMap((words) => wrapped(words, INDENTED));
}

const INDENTED = { first: '  ', rest: '    ' };

function layoutWords({ layout, requests, samples }: Explained): string {
  const { tensorParallel, dataParallel, training, serving } = layout;
  const degrees: readonly [string, number][] = [
    ['tensor', tensorParallel],
    ['pipeline', (training ?? serving)?.pipelineParallel ?? 1],
    ['interleaved', training?.virtualStages ?? 1],
    ['context', training?.contextParallel ?? 1],
    ['attention', serving?.attentionDataParallel ?? 1],
    ['expert', (training ?? serving)?.expertParallel ?? 1],
    [training === null && samples?.trains !== true ? 'replicas' : 'data', dataParallel],
  ];
  const split = degrees.filter(([, degree]) => degree > 1).map(([word, by]) => `${word} ${by}`);
  const words = split.length === 0 ? ['nothing is split'] : [`split: ${split.join(', ')}`];
  if (training !== null) {
    const kept = { none: 'kept', selective: 'computed again in part', full: 'computed again' };
    words.push(`ZeRO ${training.zeroStage}`, `activations ${kept[training.recompute]}`);
    words.push(`micro-batches of ${training.microBatch}`);
  }
  if (requests !== null) {
    const { inputTokens, outputTokens, atOnce, share } = requests;
    words.push(`${atOnce} at once of requests of ${inputTokens} + ${outputTokens} tokens`);
    if (share < 1) words.push(`they are ${Number((100 * share).toPrecision(3))} % of all`);
  }
  if (samples !== undefined) words.push(samplesWords(samples));
  return words.join('; ');
}

/** `micro-batches of 64 sequences of 512 tokens on each, 4 to an update`. */
function samplesWords({ what, tokens, atOnce, passes, trains }: ExplainedSamples): string {
  const many = `${atOnce} ${what}${atOnce === 1 ? '' : 's'}`;
  const long = tokens === null ? many : `${many} of ${tokens} tokens`;
  if (!trains) return `each answers ${long} at once`;
  const often = passes === 1 ? 'an update after each' : `${passes} to an update`;
  return `micro-batches of ${long}, ${often}`;
}

/** A line of a table: its number, its part of the whole, and in words what it is and whence. */
type Row = {
  readonly number: string;
  readonly value: number;
  readonly name: string;
  readonly formula: string;
  readonly source: string;
};

function bytesRow({ name, bytes, formula, source }: ExplainedBytes): Row {
  return { number: (bytes.mid / GIB).toFixed(2), value: bytes.mid, name, formula, source };
}

function timeLines({ of, seconds, lines }: ExplainedTime): readonly string[] {
  const heading = of === 'step' || of === 'batch' ? `TIME of a ${of}` : of.toUpperCase();
  const rows = lines.map((line) => ({
    ...line,
    number: formatSeconds(line.seconds),
    value: line.seconds,
  }));
  return ['', `  ${heading}: ${formatSeconds(seconds)}`, ...table('TIME', rows, seconds)];
}

/** Formulas go on below themselves where they are long; sources stand under them. */
function table(unit: string, rows: readonly Row[], whole: number): readonly string[] {
  const width = Math.max(unit.length, ...rows.map(({ number }) => number.length));
  const margin = ' '.repeat(width + 14);
  return [
    `    ${unit.padStart(width)}  SHARE  WHAT = FORMULA — SOURCE`,
    ...rows.flatMap(({ number, value, name, formula, source }) => {
      const share = `${Math.round((100 * value) / whole)} %`.padStart(5);
      const first = `    ${number.padStart(width)}  ${share}  `;
      return statement(`${name} = ${formula}`, source, { first, rest: margin });
    }),
  ];
}

function resultLines(one: Explained): readonly string[] {
  const { results, tokensPerSecond, samplesPerSecond, hours } = one;
  const intervals: { readonly [name: string]: Interval | null | undefined } = {
    'tokens/s': tokensPerSecond,
    'samples/s': samplesPerSecond,
    hours,
  };
  return results.flatMap(({ name, value, formula, source }: ExplainedResult) => {
    const interval = intervals[name] ?? null;
    const ends =
      interval === null ? '' : ` (${shortNumber(interval.low)}–${shortNumber(interval.high)})`;
    const first = `    ${name} ${shortNumber(value)}${ends}`;
    return statement(`${first} = ${formula}`, source, { first: '    ', rest: '      ' });
  });
}

function statement(text: string, source: string, margins: Margins): readonly string[] {
  const below = `${margins.rest}  `;
  return [
    ...wrapped(text, { first: margins.first, rest: below }),
    ...wrapped(`— ${source}`, { first: margins.rest, rest: below }),
  ];
}

function shortNumber(value: number): string {
  return value < 100 ? String(Number(value.toPrecision(3))) : Math.round(value).toString();
}

type Margins = { readonly first: string; readonly rest: string };

/** Words of a text over as many lines as they take. */
function wrapped(text: string, { first, rest }: Margins): readonly string[] {
  const lines: string[] = [];
  let [line, isEmpty] = [first, true];
  for (const word of glued(text.trim()).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      [line, isEmpty] = [rest, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((one) => shortened(one.replaceAll(GLUE, ' ')));
}

/** No-break space. */
const GLUE = '\u00a0';

/** A number and its unit stay on one line. */
function glued(text: string): string {
  return text.replaceAll(
    /(?<=\d) (?=(?:[kMGTPmµn]?(?:B|FLOP|s)(?:\/s)?|[GM]iB|%)(?![\w/]))/g,
    GLUE,
  );
}

function shortened(line: string): string {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}
