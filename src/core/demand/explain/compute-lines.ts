import type { Format } from '../../../spec/accelerator-declaration.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { NVFP4_BYTES } from '../memory/weight-bytes.ts';
import type { ProductWork } from '../training/compute-work.ts';
import { passesOf, type StepScope } from '../training/step-scope.ts';
import type { StepWork } from '../training/step-time.ts';
import { type ExplainedSeconds, secondsLine } from './explained.ts';
import { bytes, count, factor, over, plus, rate, seconds, type Term, times } from './term.ts';

/** A step's amounts, and the rates of a device that they are divided by. */
export type StepAsked = {
  readonly work: StepWork;
  readonly scope: StepScope;
  /** Micro-batches between two updates. */
  readonly micro: Term;
};

/** Lines of one kind of work, of all micro-batches of a step. */
export type Lines = readonly (ExplainedSeconds | null)[];

/** Bytes of a 16-bit number. */
const HALF = 2;
const PASSES =
  'forward once, backward twice (once of frozen weights): Kaplan et al., arXiv:2001.08361, section 2.1';
const ROOFLINE = 'additive roofline: Williams et al., CACM 2009';

/** The parts of a step that `computeSeconds` tells: arithmetic, memory, kernels that start. */
export function computeLines(asked: StepAsked): Lines {
  return [
    ...arithmeticLines(asked),
    ...trafficLines(asked),
    attentionLine(asked),
    elementwiseLine(asked),
    launchesLine(asked),
  ];
}

function arithmeticLines({ work, scope, micro }: StepAsked): Lines {
  const { coefficients, device, step, isFrozen } = scope;
  const { dense, routed, head } = work.compute;
  const own = formatOf(device, step.precision);
  const wide = isNarrow(own) ? formatOf(device, 'bf16') : own;
  const passes = passesOf(scope).products;
  const line = (name: string, source: string, product: Multiplied): ExplainedSeconds | null => {
    const { of, often, format, weights, shares } = product;
    const multiplied = of.flops / (2 * scope.tokens * often);
    const amount = times(count(2), count(scope.tokens, 'tokens'), count(multiplied, weights));
    const speed = [...speedOf(device, format), factor(coefficients.products, 'reached'), ...shares];
    return secondsLine(name, times(count(often, 'passes'), micro, over(amount, ...speed)), source);
  };
  return [
    line('products', `${PASSES}; ceiling of ${ceilingSource(device, own)}; reached: fitted`, {
      of: dense,
      often: passes,
      format: own,
      weights: 'weights',
      shares: [],
    }),
    line('products of experts', 'grouped kernels, uneven loads: fitted', {
      of: routed,
      often: passes,
      format: own,
      weights: 'weights of experts',
      shares: [factor(coefficients.experts, 'grouped')],
    }),
    line('output layer', `${PASSES}; in 16 bits at least`, {
      of: head,
      often: isFrozen ? 2 : 3,
      format: wide,
      weights: 'weights',
      shares: [],
    }),
  ];
}

type Multiplied = {
  readonly of: ProductWork;
  readonly often: number;
  readonly format: Format;
  readonly weights: string;
  readonly shares: readonly Term[];
};

/** Peak of the data sheet, and what the best large product reaches of it. */
export function speedOf(
  { peak, ceiling, narrowCeiling }: AcceleratorFacts,
  format: Format,
): Term[] {
  return [
    rate(peak[format], 'FLOP/s', format),
    factor(isNarrow(format) ? narrowCeiling : ceiling, 'ceiling'),
  ];
}

/** `16 bits: measured by …`: of the two that the registry tells. */
export function ceilingSource({ ceilingSource: both }: AcceleratorFacts, format: Format): string {
  const [wide, narrow] = both.split('; ');
  return (isNarrow(format) ? narrow : wide) ?? both;
}

/** The device's own where it has it; else fp32 for tf32, or the faster of those of 16 bits. */
function formatOf({ peak }: AcceleratorFacts, precision: StepScope['step']['precision']): Format {
  if (precision === 'fp32') return 'fp32';
  if (precision === 'tf32') return peak.tf32 > 0 ? 'tf32' : 'fp32';
  if (precision === 'fp4' && peak.fp4 > 0) return 'fp4';
  if (precision === 'fp8' && peak.fp8 > 0) return 'fp8';
  return peak.bf16 >= peak.fp16 ? 'bf16' : 'fp16';
}

function isNarrow(format: Format): boolean {
  return format === 'fp8' || format === 'int8' || format === 'fp4';
}

/** What products read and write, and what is read besides to make operands narrow or wide. */
function trafficLines({ work, scope, micro }: StepAsked): Lines {
  const { coefficients, device, step } = scope;
  const { dense, routed, head, widened } = work.compute;
  const isWide = step.precision === 'fp32' || step.precision === 'tf32';
  const format = formatOf(device, step.precision);
  const narrow = isNarrow(format);
  const narrowWidth = format === 'fp4' ? NVFP4_BYTES : 1;
  const width = isWide ? 4 : narrow ? narrowWidth : HALF;
  const moved = (of: ProductWork, size: number): number => size * of.operands + HALF * of.results;
  const all = moved(dense, width) + moved(routed, width) + moved(head, isWide ? 4 : HALF);
  const casts = narrow ? HALF * (dense.operands + routed.operands) : 0;
  const memory = rate(device.memoryBytesPerS, 'B/s');
  const line = (share: number, amount: Term): Term =>
    times(micro, over(times(factor(share, 'not hidden'), amount), memory));
  return [
    secondsLine(
      'operands',
      line(coefficients.traffic, bytes(all, 'read and written')),
      `${ROOFLINE}; not hidden: fitted`,
    ),
    secondsLine(
      'casts',
      line(coefficients.casts, bytes(casts, 'of wide operands')),
      'scales, casts, transposes of operands that come in 16 bits; not hidden: fitted',
    ),
    secondsLine(
      'widened weights',
      line(1, bytes(HALF * widened, 'widened')),
      'NF4 is widened to 16 bits for each product: Dettmers et al., arXiv:2305.14314, section 3',
    ),
  ];
}

function attentionLine({ work, scope, micro }: StepAsked): ExplainedSeconds | null {
  const { model, step, device, layout, coefficients, tokens } = scope;
  if (work.compute.attention === 0) return null;
  const layers = count(work.compute.layers, 'layers');
  const passes = count(passesOf(scope).attention, 'passes');
  const width = count((model.heads * model.headDim) / layout.tensorParallel, 'wide');
  const ofPosition = times(passes, layers, count(4), count(tokens, 'tokens'), width);
  const positions = count(work.compute.attention / ofPosition.value, 'positions');
  const { fp32, bf16, fp16 } = device.peak;
  const peak = rate(step.precision === 'fp32' ? fp32 : Math.max(bf16, fp16), 'FLOP/s');
  const amount = times(count(4), count(tokens, 'tokens'), positions, width);
  const each = over(amount, peak, factor(coefficients.attention, 'reached'));
  return secondsLine(
    'attention',
    times(passes, micro, layers, each),
    'causal half; backward 2.5 forward: Dao, arXiv:2307.08691, sections 3.1, 4.1; narrow heads count as more; reached: fitted',
  );
}

function elementwiseLine({ work, scope, micro }: StepAsked): ExplainedSeconds | null {
  const { device, coefficients, tokens } = scope;
  const moved = times(
    factor(coefficients.elementwise),
    count(tokens, 'tokens'),
    bytes(work.compute.bytes / tokens, 'each'),
  );
  return secondsLine(
    'elementwise',
    times(micro, over(moved, rate(device.memoryBytesPerS, 'B/s'))),
    'reads and writes of norms, residuals, activation functions, logits; first factor: fitted',
  );
}

function launchesLine({ work, scope, micro }: StepAsked): ExplainedSeconds | null {
  const { layers, routedLayers } = work.compute;
  const { launch, routedLaunch } = scope.coefficients;
  const each = plus(
    times(count(layers - routedLayers, 'layers'), seconds(launch)),
    times(count(routedLayers, 'layers with experts'), seconds(routedLaunch)),
  );
  return secondsLine(
    'launches',
    times(micro, each),
    'some 30 kernels of a layer at 5 µs, some 200 with experts: fitted',
  );
}
