import type { RequestSize, Serving, ServingMix, Task } from '../task.ts';
import { list, mapOf, record, type Values } from './form.ts';
import { entryOf, type MapNode, type Node } from './node.ts';
import type { Reading } from './reading.ts';
import { amountOfWork, count, oneOf, positive, servedPrecision, share } from './scalar-forms.ts';

/** What the shares of all sizes may miss of 1: people write 0.33. */
const SHARES_TOLERANCE = 0.02;

const throughput = {
  doc: 'Requests a second of one machine, by offer, machine type, accelerator (H100, H100:8), gpu.',
  form: mapOf(amountOfWork),
};
const inputTokens = { doc: 'Tokens in a request.', form: count };
const outputTokens = { doc: 'Tokens in an answer.', form: count };

const sizeForm = record({
  share: { doc: 'The share of all requests, as 0.2.', form: share, required: true },
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  throughput,
});

const SERVING_KEYS = {
  requests_per_second: { doc: 'Requests a second to serve.', form: positive },
  requests: { doc: 'Requests (or images) in all, of kind: batch.', form: count },
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  mix: {
    doc: 'Requests of several sizes: the share of each, its tokens or its throughput.',
    form: list(sizeForm),
  },
  throughput,
  concurrency: {
    doc: 'Requests that a machine works on at once; default: what is estimated, else 1.',
    form: positive,
  },
  utilization_max: {
    doc: 'The most that a machine may be busy, as 0.8; default 1.',
    form: share,
  },
  latency: {
    doc: 'Of which latency the split of the requests over machines makes the least; default mean.',
    form: oneOf(['mean', 'p95']),
  },
  ttft_ms: { doc: 'Milliseconds until the first token, at most.', form: positive },
  tpot_ms: { doc: 'Milliseconds for each further token, at most.', form: positive },
  precision: {
    doc: 'Number format of the weights, as fp8 or mxfp4; default bf16.',
    form: servedPrecision,
  },
} as const;

export const servingForm = record(SERVING_KEYS);

type Read = Values<typeof SERVING_KEYS>;
type Source = { readonly node: MapNode; readonly reading: Reading };

/** What a task says of its load. Problems go to the reading. */
export function servingOf(read: Read, source: Source): Serving {
  const mix = mixOf(read, source);
  return {
    requestsPerSecond: read.requests_per_second ?? null,
    inputTokens: read.input_tokens ?? null,
    outputTokens: read.output_tokens ?? null,
    ttftMs: read.ttft_ms ?? null,
    tpotMs: read.tpot_ms ?? null,
    precision: read.precision ?? 'bf16',
    ...(read.requests === undefined ? {} : { requests: read.requests }),
    ...(mix === null ? {} : { mix }),
  };
}

/** Null where nothing but the size of a request is said, which leaves all else to the estimate. */
function mixOf(read: Read, source: Source): ServingMix | null {
  const { mix, throughput: alone, concurrency, utilization_max, latency } = read;
  if ([mix, alone, concurrency, utilization_max, latency].every((one) => one === undefined)) {
    return null;
  }
  const sizes = mix === undefined ? [sizeOf({ share: 1 }, read)] : sizesOf(mix, read, source);
  if (read.requests_per_second === undefined && !isSaid('requests_per_second', source)) {
    noteProblem(source, 'serving', {
      message: '"serving" says which requests there are, and not how many',
      hint: 'add requests_per_second: 30',
    });
  }
  return {
    sizes,
    concurrency: concurrency ?? null,
    utilizationMax: utilization_max ?? 1,
    latency: latency ?? 'mean',
  };
}

type ReadSize = NonNullable<Read['mix']>[number];

function sizesOf(mix: readonly ReadSize[], read: Read, source: Source): readonly RequestSize[] {
  const sizes = mix.map((size) => sizeOf(size, read));
  const sum = sizes.reduce((all, one) => all + one.share, 0);
  const isRead = mix.every((size) => size.share !== undefined);
  if (isRead && Math.abs(sum - 1) > SHARES_TOLERANCE) {
    noteProblem(source, 'mix', {
      message: `the shares of "serving.mix" add up to ${Number(sum.toPrecision(3))}, and not to 1`,
      hint: 'state what share of all requests each size is, as share: 0.2',
    });
  }
  const stated = sizes.filter((size) => size.throughput !== null).length;
  if (stated > 0 && stated < sizes.length) {
    noteProblem(source, 'mix', {
      message: `${stated} of the ${sizes.length} sizes of "serving.mix" have a throughput`,
      hint: 'state it for every size, or for none, which leaves it to the estimate',
    });
  }
  return sizes.map((size) => ({ ...size, share: size.share / sum }));
}

/** What a size does not say holds for all of them. */
function sizeOf(size: ReadSize, all: Read): RequestSize {
  return {
    share: size.share ?? 0,
    inputTokens: size.input_tokens ?? all.input_tokens ?? null,
    outputTokens: size.output_tokens ?? all.output_tokens ?? null,
    throughput: size.throughput ?? all.throughput ?? null,
  };
}

/** Errors, to the reading: a mix of requests for a task that serves none, or that has units to do. */
export function requireService({ kind, work }: Pick<Task, 'kind' | 'work'>, source: Source): void {
  if (kind !== 'serve') {
    noteProblem(source, 'mix', {
      message: `"serving" says how requests are served, and the task is of kind ${kind}`,
      hint: 'add kind: serve',
    });
  }
  if (work !== null && !('hours' in work && work.on === null)) {
    noteProblem(source, 'mix', {
      message: 'what a service does is its requests; its "work" can only be hours that it is up',
      hint: 'write work: {hours: 720}, or leave out work',
    });
  }
}

function servingNode({ node }: Source): Node | undefined {
  return entryOf(node, 'serving')?.value;
}

function isSaid(key: string, source: Source): boolean {
  const serving = servingNode(source);
  return serving?.kind === 'map' && entryOf(serving, key) !== undefined;
}

function noteProblem(
  source: Source,
  key: string,
  words: { readonly message: string; readonly hint: string },
): void {
  const serving = servingNode(source) ?? source.node;
  const at = serving.kind === 'map' ? entryOf(serving, key)?.value.start : undefined;
  source.reading.problem({ code: 'spec.invalid', at: at ?? serving.start, ...words });
}
