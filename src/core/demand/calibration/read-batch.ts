import { type MeasurementRow, numberIn } from './measurement-row.ts';

/** What a row says of how much is worked on at once and in all; null for what it leaves out. */
export type ReadBatch = {
  readonly globalBatch: number | null;
  /** Of one replica. */
  readonly microBatch: number | null;
  /** Tokens (images) of the whole run. */
  readonly tokens: number | null;
  readonly concurrency: number | null;
};

export type ReadSequence = {
  readonly sequenceLength: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
};

type Cells = Pick<MeasurementRow, 'kind' | 'model' | 'seq_len' | 'parallelism'> &
  Pick<MeasurementRow, 'global_batch_or_tokens' | 'reported_metric' | 'arch_notes'>;

/**
 * `seq_len`: `2048`; `in 1024 out 128` of a request, `in ~219 out ~292`; `8192 then 131072`, of
 * which nearly all of a run is the first; llama.cpp's `pp512` (a prompt alone) and `tg128` (tokens
 * after an empty one). A bare number is the prompt where a prefill is measured, the tokens
 * generated where decoding is.
 */
export function readSequence(row: Cells): ReadSequence {
  const text = row.seq_len;
  const input = numberIn(text, /\bin(?:put)? ?~?(\d+)/i) ?? numberIn(text, /\bpp ?(\d+)/i);
  const output =
    numberIn(text, /\bout(?:put)? ?~?(\d+)/i) ?? numberIn(text, /\b(?:tg|gen) ?(\d+)/i);
  if (input !== null) return { sequenceLength: null, inputTokens: input, outputTokens: output };
  if (output !== null) return { sequenceLength: null, inputTokens: 0, outputTokens: output };
  const length = /^\d+( then \d+)?$/.test(text) ? numberIn(text, /^(\d+)/) : null;
  if (/prefill/.test(row.reported_metric)) {
    return { sequenceLength: length, inputTokens: length, outputTokens: null };
  }
  const generated = /decode/.test(row.reported_metric) && length !== null;
  return {
    sequenceLength: length,
    inputTokens: generated ? 0 : null,
    outputTokens: generated ? length : null,
  };
}

/**
 * `global_batch_or_tokens` and the batch words of `parallelism`: `GBS 2048 seqs; MBS 1`,
 * `4096 GBS 128 MBS 2`, `GBS 4M tok` (of 2²⁰), `1.0T tokens`, `90 epochs x 1.28M images`,
 * `1M steps x 256 seqs`; `batch 16` (training: of each device), `batch 32/GPU`, `batch 8-16/GPU`
 * (its middle), `concurrency 256 (per DP rank 64)`.
 */
export function readBatch(row: Cells, sequenceLength: number | null, replicas: number): ReadBatch {
  const text = row.global_batch_or_tokens;
  const both = `${text}; ${row.parallelism}`;
  const batch = plainBatch(text);
  const trains = row.kind !== 'infer' && !isRequest(row.seq_len);
  const microBatch = numberIn(both, /\bMBS ?(\d+)/i) ?? (trains ? batch : null);
  const globalBatch =
    globalBatchOf(text, sequenceLength) ??
    (trains && batch !== null ? batch * (/total/i.test(text) ? 1 : replicas) : null);
  return {
    globalBatch,
    microBatch,
    tokens: tokensOf(row, sequenceLength),
    concurrency: trains ? null : (numberIn(text, /\bconcurrency ?(\d+)/i) ?? batch),
  };
}

/** Memory rows have requests too: those are inference. */
function isRequest(sequence: string): boolean {
  return /\bin ?~?\d+ out/i.test(sequence);
}

function plainBatch(text: string): number | null {
  const range = /\b(?:batch|bs)[ =]?(\d+)-(\d+)/i.exec(text);
  if (range !== null) return (Number(range[1]) + Number(range[2])) / 2;
  return numberIn(text, /(?:\b|_)(?:batch(?: size)?|bs)[ =:]?(\d+)/i);
}

function globalBatchOf(text: string, sequenceLength: number | null): number | null {
  const inTokens = numberIn(text, /\bGBS ?([\d.]+)[kKM]? tok/i);
  if (inTokens === null) return numberIn(text, /\bGBS ?(\d+)/i) ?? numberIn(text, /x (\d+) seqs/i);
  const scale = /\bGBS ?[\d.]+M/.test(text) ? 2 ** 20 : /\bGBS ?[\d.]+k/i.test(text) ? 2 ** 10 : 1;
  return sequenceLength === null ? null : Math.round((inTokens * scale) / sequenceLength);
}

/** Of a run in two sizes (`1.1B@256 + 1.7B@512 images`) and of an upper bound: null. */
function tokensOf(row: Cells, sequenceLength: number | null): number | null {
  const text = row.global_batch_or_tokens;
  if (/@/.test(text) || /\bup to\b/i.test(text)) return null;
  const ofMetric = /_(?:for|per)_([\d.]+)([MBT])(?:_tokens)?/.exec(row.reported_metric);
  if (ofMetric !== null) return numberIn(ofMetric[0], /([\d.]+)([MBT])/);
  const product = /([\d.]+)([kMB]?) (epochs|steps) x ([\d.]+)([kMB]?) (seqs|images|tokens)/i.exec(
    text,
  );
  if (product !== null) {
    const times = numberIn(`${product[1]}${product[2]}`, /([\d.]+)([kMB]?)/);
    const each = numberIn(`${product[4]}${product[5]}`, /([\d.]+)([kMB]?)/);
    const length = product[6]!.toLowerCase() === 'seqs' ? sequenceLength : 1;
    return times === null || each === null || length === null ? null : times * each * length;
  }
  return (
    tokensOfThisModel(row) ??
    numberIn(text, /([\d.]+)([MBT]) seen/) ??
    numberIn(text, /([\d.]+)([kMBT])\+? (?:tokens|images)\b/)
  );
}

/** `~15T tokens (405B: 15.6T)`: the figure in brackets is that of one size. */
function tokensOfThisModel(row: Cells): number | null {
  for (const [, size, tokens] of row.global_batch_or_tokens.matchAll(
    /(\d+(?:\.\d+)?B): ([\d.]+[MBT])/g,
  )) {
    if (row.model.includes(size!)) return numberIn(tokens!, /([\d.]+)([MBT])/);
  }
  return null;
}
