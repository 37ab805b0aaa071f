import { activationSeconds, weightSeconds } from '../training/exchange-seconds.ts';
import type { Exchanges } from '../training/exchange-work.ts';
import type { StepScope } from '../training/step-scope.ts';
import type { Lines, StepAsked } from './compute-lines.ts';
import { type ExplainedSeconds, secondsLine } from './explained.ts';
import {
  bytes,
  count,
  factor,
  larger,
  minus,
  over,
  plus,
  rate,
  seconds,
  type Term,
  times,
} from './term.ts';

/** What `activationSeconds` tells: exchanges within layers, to experts, between stages. */
export function activationLines(asked: StepAsked): Lines {
  const { scope, work } = asked;
  const { tensorParallel, pipelineParallel } = scope.layout;
  const { tensor, experts, stages } = work.exchange;
  // Exchanges of nothing take their latency.
  const empty = (of: Exchanges): Exchanges => ({ ...of, bytes: 0 });
  const waits = activationSeconds(scope, {
    ...work.exchange,
    tensor: empty(tensor),
    experts: empty(experts),
    stages: empty(stages),
  });
  return [
    exchangeLine(asked, {
      name: 'tensor',
      of: tensor,
      wait: waits.tensor,
      sent: [over(bytes(tensor.bytes), ...rateWithin(scope, tensorParallel))],
      exposed: scope.coefficients.tensorExposed,
      source:
        'two all-reduces a layer forward, two backward: Korthikanti et al., arXiv:2205.05198, section 4.2.2; ring: Patarasuk and Yuan, JPDC 2009',
    }),
    exchangeLine(asked, {
      name: 'experts',
      of: experts,
      wait: waits.experts,
      sent: sentToExperts(scope, experts),
      exposed: scope.coefficients.expertExposed,
      source:
        'to experts and back: GShard, arXiv:2006.16668, section 3.2; once to each machine: DeepSeek-V3, arXiv:2412.19437, section 3.2.2',
    }),
    exchangeLine(asked, {
      name: 'stages',
      of: stages,
      wait: waits.stages,
      sent: [over(bytes(stages.bytes), ...rateWithin(scope, tensorParallel * pipelineParallel))],
      exposed: scope.coefficients.tensorExposed,
      source: 'to the next stage and back: Narayanan et al., arXiv:2104.04473, section 2.2.2',
    }),
  ];
}

type Exchanged = {
  readonly name: string;
  readonly of: Exchanges;
  /** Seconds of all of a micro-batch before their first byte. */
  readonly wait: number;
  readonly sent: readonly Term[];
  readonly exposed: number;
  readonly source: string;
};

function exchangeLine(
  { micro }: StepAsked,
  { name, of, wait, sent, exposed, source }: Exchanged,
): ExplainedSeconds | null {
  if (of.times === 0) return null;
  const often = times(count(of.times, 'exchanges'), factor(exposed, 'exposed'));
  const each = plus(...sent, seconds(wait / often.value));
  return secondsLine(name, times(micro, often, each), `${source}; exposed, reached: fitted`);
}

/** Links inside their domain, the network beyond it, each at the share that collectives reach. */
function rateWithin(scope: StepScope, ranks: number): readonly Term[] {
  return ranks <= scope.device.domain ? linkOf(scope) : networkOf(scope);
}

function linkOf({ device, coefficients }: StepScope): readonly Term[] {
  return [rate(device.linkBytesPerS, 'B/s', 'of links'), factor(coefficients.link, 'reached')];
}

function networkOf({ device, coefficients }: StepScope): readonly Term[] {
  return [
    rate(device.networkBytesPerS, 'B/s', 'of network'),
    factor(coefficients.network, 'reached'),
  ];
}

/** All copies of a token over links; to each other machine that has one of its experts, one. */
function sentToExperts(scope: StepScope, { bytes: sent }: Exchanges): readonly Term[] {
  const { model, layout, device } = scope;
  const { expertParallel: ranks, tensorParallel } = layout;
  const copies = count(model.expertsPerToken, 'experts');
  const near = times(bytes(sent), copies, over(count(ranks - 1), count(ranks)));
  const machines = (ranks * tensorParallel) / device.domain;
  if (machines <= 1) return [over(near, ...linkOf(scope))];
  const others = (machines - 1) * (1 - (1 - 1 / machines) ** copies.value);
  const far = times(bytes(sent), factor(others, 'other machines'));
  return [over(near, ...linkOf(scope)), over(far, ...networkOf(scope))];
}

/** `each` is a micro-batch with its exchanges. */
export function bubbleLine({ scope }: StepAsked, each: number): ExplainedSeconds | null {
  const { pipelineParallel, virtualStages } = scope.layout;
  const waits = times(count(pipelineParallel - 1, 'stages'), seconds(each, 'a micro-batch'));
  return secondsLine(
    'bubble',
    over(waits, count(virtualStages, 'interleaved')),
    '(p − 1)/v micro-batches: Narayanan et al., arXiv:2104.04473, section 2.2',
  );
}

/** Gathers and reductions of weights beyond the arithmetic of a pass that they hide behind. */
export function weightsLine(
  { scope, micro, work }: StepAsked,
  arithmetic: number,
): ExplainedSeconds | null {
  const taken = weightSeconds(scope, { passes: 1, work: 0 });
  if (taken === 0) return null;
  const { isEachPass, shared, experts, sharedOver, expertsOver, first } = work.exchange.weights;
  const ring = (amount: number, ranks: number): number => (amount * (ranks - 1)) / ranks;
  const sent = ring(shared, sharedOver) + ring(experts, expertsOver);
  const all = over(bytes(sent, 'sent'), rate(sent / taken, 'B/s'));
  const hidden = times(
    factor(scope.coefficients.overlap, 'overlapped'),
    seconds(arithmetic, 'of arithmetic'),
  );
  const share = over(count(first * scope.model.layers), count(scope.model.layers, 'layers'));
  const rest = larger(times(all, share), minus(all, hidden));
  const source = isEachPass
    ? 'weights gathered twice, gradients scattered each pass: ZeRO, arXiv:1910.02054, section 7.2.2'
    : 'gradients scattered behind the last backward pass, weights gathered behind the next forward one: ZeRO, arXiv:1910.02054, section 7.2.1';
  return secondsLine(
    'weights',
    isEachPass ? times(micro, rest) : rest,
    `${source}; overlapped: fitted`,
  );
}

/** The update of the weights: bound by memory. */
export function optimizerLine({ scope, work }: StepAsked): ExplainedSeconds | null {
  return secondsLine(
    'optimizer',
    over(bytes(work.exchange.updated, 'of the shard'), rate(scope.device.memoryBytesPerS, 'B/s')),
    'Adam, 30 bytes a parameter read and written: Kingma and Ba, arXiv:1412.6980, algorithm 1',
  );
}

/** What grows with the machines; `steady` is all other lines. */
export function scaleLine({ scope, work }: StepAsked, steady: number): ExplainedSeconds | null {
  const machines = Math.max(1, work.devices / scope.device.domain);
  return secondsLine(
    'scale',
    times(
      seconds(steady, 'above'),
      factor(scope.coefficients.scale, 'a doubling'),
      factor(Math.log2(machines), 'doublings of one machine'),
    ),
    'stragglers and jitter: fitted',
  );
}
