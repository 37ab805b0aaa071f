import type { Architecture } from '../models/architecture.ts';
import type { SampleCoefficients } from '../samples/sample-coefficients.ts';
import type { SampleScope } from '../samples/sample-scope.ts';
import {
  CHIP_BYTES_PER_OP,
  fusedShare,
  hasMatrixUnits,
  TRAINING_PASSES,
} from '../samples/sample-seconds.ts';
import { ceilingSource, speedOf } from './compute-lines.ts';
import { bytes, count, factor, minus, over, plus, rate, type Term, times } from './term.ts';

/** Samples on some devices, and the coefficients that their time is reckoned with. */
export type SamplesAsked = {
  readonly model: Architecture;
  readonly scope: SampleScope;
  readonly at: SampleCoefficients;
};

/** What takes time in one pass: the arithmetic that gives its seconds, and whence. */
export type Part = { readonly name: string; readonly term: Term; readonly source: string };

const ROOFLINE = 'Williams et al., roofline, CACM 2009';

/** The operations of one pass at the rate that such products reach. */
export function arithmeticPart({ model, scope, at }: SamplesAsked): Part {
  const { device, format, isConvolutional, trains, batch } = scope;
  const work = times(passesOf(scope), count(2), count(batch, 'samples'), macsTerm(model, scope));
  const isUnit = hasMatrixUnits(scope);
  const [peak, ceiling] = speedOf(device, format) as [Term, Term];
  const reached = isUnit
    ? [
        ceiling,
        factor(at.products, 'reached'),
        ...(isConvolutional ? [factor(at.convolutions, 'of convolutions')] : []),
      ]
    : [factor(at.vector, 'reached')];
  const passes = trains ? 'forward, and backward twice of it' : 'two operations of a multiply-add';
  const counted =
    model.sample === null
      ? 'Kaplan et al., arXiv:2001.08361, table 1'
      : "multiply-adds: the model's table";
  const units = isUnit
    ? `ceiling of ${ceilingSource(device, format)}`
    : 'vector units: no matrix units have fp32';
  return {
    name: 'arithmetic',
    term: over(work, peak, ...reached),
    source: `${passes}; ${counted}; ${units}; reached: fitted`,
  };
}

/** Of texts by their tokens: matrices once each, and scores and what they weigh of all others. */
function macsTerm({ layers, heads, headDim, sample }: Architecture, scope: SampleScope): Term {
  const { work, tokens } = scope;
  if (sample !== null || tokens === null) return count(work.macs, 'multiply-adds');
  const scores = times(count(2), count(tokens, 'tokens'), count(heads * headDim, 'wide'));
  const matrices = work.macs / layers / tokens - scores.value;
  const each = plus(count(matrices, 'weights'), scores);
  return times(count(tokens, 'tokens'), count(layers, 'layers'), each);
}

/** What one pass reads and writes: activations, scores, weights. */
export function trafficParts(asked: SamplesAsked): readonly Part[] {
  const { scope, at } = asked;
  const { batch, bytes: width, work, isConvolutional, isCompiled, trains, params } = scope;
  const crossings = trains ? at.training : at.forward;
  const shares = [
    ...(isConvolutional ? [] : [factor(at.blocks, 'of blocks')]),
    ...(isCompiled ? [factor(fusedShare(scope, at), 'not fused')] : []),
  ];
  const samples = count(batch, 'samples');
  const unit = width === 1 ? 'bytes' : 'numbers';
  const crossed = (numbers: Term): Term =>
    times(factor(crossings, 'crossings'), ...shares, samples, numbers, bytes(width));
  const speed = memoryTerms(scope, at);
  return [
    {
      name: 'activations',
      term: over(crossed(count(work.activations, unit)), ...speed),
      source: `what layers hand on, written and read again and again: ${ROOFLINE}; crossings, reached: fitted`,
    },
    {
      name: 'attention scores',
      term: over(
        times(factor(at.scores, 'not kept on chip'), crossed(count(work.scores, unit))),
        ...speed,
      ),
      source: 'none where attention is fused (Dao et al., arXiv:2205.14135); share: fitted',
    },
    ...(scope.device.memoryGib > 0
      ? [
          {
            name: 'weights',
            term: over(times(passesOf(scope), count(params, 'parameters'), bytes(width)), ...speed),
            source: `read once by each pass: ${ROOFLINE}; reached: fitted`,
          },
        ]
      : [streamedPart(scope)]),
  ];
}

/** Weights that a part without memory of its own cannot keep. */
function streamedPart({ device, format, params, bytes: width }: SampleScope): Part {
  const all = times(count(params, 'parameters'), bytes(width));
  const kept = bytes(device.peak[format] * CHIP_BYTES_PER_OP, 'kept on the chip');
  const streamed = minus(all, kept);
  return {
    name: 'weights over the link',
    term: streamed.value <= 0 ? bytes(0) : over(streamed, rate(device.linkBytesPerS, 'B/s')),
    source: 'on-chip memory by the peak: Edge TPU 8 MB at 4 TOPS, Hailo-8 about 40 MB at 26',
  };
}

/** The rate of memory and what long reads reach of it; of on-chip memory a part of the arithmetic. */
export function memoryTerms({ device, format }: SampleScope, at: SampleCoefficients): Term[] {
  const { memoryBytesPerS, peak } = device;
  return Number.isFinite(memoryBytesPerS)
    ? [rate(memoryBytesPerS, 'B/s'), factor(at.memory, 'reached')]
    : [rate(peak[format] * at.onChip, 'B/s', 'on the chip')];
}

/** Forward, and for a training backward: gradients of activations, gradients of weights. */
export function passesOf({ trains }: SampleScope): Term {
  return count(trains ? TRAINING_PASSES : 1, 'passes');
}
