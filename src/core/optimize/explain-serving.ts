import type { Plan, PlanServing } from '../../spec/plan.ts';

/**
 * What a plan says of its services, a line each: how many requests, how long they take, how busy the
 * machines are; in full, who takes which share of each size.
 */
export function servingWords(plan: Plan, verbose: boolean): readonly string[] {
  const { serving = [], allocations } = plan;
  const nameOf = ({ task }: PlanServing): string => {
    const name = allocations.find((line) => line.task === task)?.taskName;
    return serving.length > 1 ? `${name ?? `task ${task + 1}`}: ` : '';
  };
  return serving.flatMap((one) => [
    `  ${nameOf(one)}${requestWords(one)}: ${latencyWords(one)}`,
    ...(verbose ? sizeWords(plan, one) : []),
  ]);
}

function requestWords({ sizes }: PlanServing): string {
  const rate = sizes.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const of = sizes.length > 1 ? ` of ${sizes.length} sizes` : '';
  return `${rounded(rate)} requests/s${of}`;
}

function latencyWords({ latency, utilization }: PlanServing): string {
  const busy = `machines are busy up to ${percent(utilization)}`;
  if (latency === null) {
    return `${busy}, so that waits may never end; serving.utilization_max: 0.8 leaves room`;
  }
  const { meanS, p95S } = latency;
  return `${seconds(meanS)} on average, 95 % within ${seconds(p95S)} (if they arrive at random); ${busy}`;
}

function sizeWords(
  { allocations }: Plan,
  { task, sizes, minimizes }: PlanServing,
): readonly string[] {
  const lines = allocations.filter((line) => line.task === task);
  const words = sizes.map((size, index) => {
    const taken = lines.filter(({ shares }) => shares![index]! >= SHARE_MIN);
    const parts = taken.map(
      ({ shares, count, place, instance }) =>
        `${percent(shares![index]!)} to ${count} × ${instance ?? place}`,
    );
    return `    ${sizeName(size, index)}: ${parts.join(', ')}`;
  });
  return [
    `  split${minimizes === null ? '' : `, so that ${LEAST[minimizes]} is least`}:`,
    ...words,
  ];
}

const LEAST = { mean: 'the mean latency', p95: 'the 95th percentile of the latency' };

/** Less of a size than this is nothing to speak of. */
const SHARE_MIN = 5e-4;

function sizeName(
  { requestsPerSecond, inputTokens, outputTokens }: PlanServing['sizes'][number],
  index: number,
): string {
  const rate = `${rounded(requestsPerSecond)}/s`;
  if (inputTokens === null || outputTokens === null) return `size ${index + 1}, ${rate}`;
  return `${inputTokens} → ${outputTokens} tokens, ${rate}`;
}

function percent(share: number): string {
  const value = 100 * share;
  return `${Number(value.toPrecision(value >= 99 ? 4 : 2))} %`;
}

function seconds(value: number): string {
  return value < 1 ? `${rounded(value * 1000)} ms` : `${rounded(value)} s`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
