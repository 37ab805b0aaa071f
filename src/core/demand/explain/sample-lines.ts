import { BACKWARD, exchangeOf, fusedShare, UPDATE_BYTES } from '../samples/sample-seconds.ts';
import { type ExplainedSeconds, secondsLine, told } from './explained.ts';
import {
  arithmeticPart,
  memoryTerms,
  type Part,
  passesOf,
  type SamplesAsked,
  trafficParts,
} from './sample-parts.ts';
import {
  bytes,
  count,
  factor,
  minus,
  over,
  plus,
  rate,
  seconds,
  smoothlyLarger,
  type Term,
  times,
} from './term.ts';

/** The parts of a step, or of a batch that is answered, as `sampleSeconds` adds them up. */
export function sampleLines(asked: SamplesAsked): readonly ExplainedSeconds[] {
  const { scope } = asked;
  const roofline = rooflineParts(asked);
  const shared = sharedPart(asked, total(roofline));
  const unstarted = [...roofline, shared];
  const parts = [...unstarted, launchesPart(asked, total(unstarted))];
  const often = count(scope.passes, 'micro-batches');
  return told([
    ...parts.map(({ name, term, source }) => secondsLine(name, times(often, term), source)),
    ...(scope.trains ? updateLines(asked) : []),
    scope.trains ? exchangeLine(asked, total(parts)) : null,
  ]);
}

function total(parts: readonly Part[]): number {
  return parts.reduce((sum, { term }) => sum + term.value, 0);
}

/** Arithmetic and memory, the shorter as far as the longer does not hide it, and gaps between. */
function rooflineParts(asked: SamplesAsked): readonly Part[] {
  const { scope, at } = asked;
  const arithmetic = [arithmeticPart(asked)];
  const memory = trafficParts(asked);
  const open = factor(scope.isCompiled ? at.pipelined : at.serial, 'not hidden');
  const shown = (part: Part): Part => ({
    ...part,
    term: times(open, part.term),
    source: `${part.source}; not hidden behind the longer: fitted`,
  });
  return [
    ...(total(arithmetic) < total(memory)
      ? [...arithmetic.map(shown), ...memory]
      : [...arithmetic, ...memory.map(shown)]),
    {
      name: 'gaps',
      term: times(kernelsTerm(asked), seconds(at.gap)),
      source: 'a kernel fills the device and drains it: fitted',
    },
  ];
}

/** Those that a framework starts, or that a compiler leaves. */
function kernelsTerm({ scope, at }: SamplesAsked): Term {
  const left = fusedShare(scope, at);
  return times(passesOf(scope), count(scope.kernels, 'kernels'), factor(left, 'not fused'));
}

function sharedPart({ scope, at }: SamplesAsked, before: number): Part {
  const isShared = scope.devices > 1 && scope.device.domain > 1;
  return {
    name: 'shared host',
    term: times(seconds(isShared ? before : 0, 'above'), factor(at.shared, 'lost')),
    source: 'devices of one machine wait for its processors and links: fitted',
  };
}

/** What starting kernels takes beyond the work that it overlaps with; compiled graphs start whole. */
function launchesPart(asked: SamplesAsked, before: number): Part {
  const { scope, at } = asked;
  const all = seconds(before, 'above');
  const starting = times(kernelsTerm(asked), seconds(at.launch));
  return {
    name: 'launches',
    term: scope.isCompiled ? seconds(0) : minus(smoothlyLarger(all, starting), all),
    source: 'a host starts kernels one by one, beside the work above: fitted',
  };
}

function updateLines({ scope, at }: SamplesAsked): readonly (ExplainedSeconds | null)[] {
  const around = scope.isCompiled ? [factor(at.tuned, 'compiled')] : [];
  const moved = times(count(scope.params, 'parameters'), bytes(UPDATE_BYTES));
  return [
    secondsLine(
      'around a step',
      times(seconds(at.step), ...around),
      'loading data, logging, starting the update: fitted',
    ),
    secondsLine(
      'optimizer',
      over(moved, ...memoryTerms(scope, at)),
      'Adam: weight, gradient, two moments read and written in fp32: arXiv:1412.6980, algorithm 1',
    ),
  ];
}

/** `pass` is one without what devices lose to each other. */
function exchangeLine({ scope, at }: SamplesAsked, pass: number): ExplainedSeconds | null {
  const { device, devices } = scope;
  if (devices === 1) return null;
  const { bytes: sent, inside, machines } = exchangeOf(scope);
  const ring = (amount: Term, ranks: number, ...speed: readonly Term[]): Term =>
    over(times(count(2), amount, over(count(ranks - 1), count(ranks))), ...speed);
  const gradients = bytes(sent, 'of gradients');
  const within = ring(
    gradients,
    inside,
    rate(device.linkBytesPerS, 'B/s', 'of links'),
    factor(at.link, 'reached'),
  );
  const between = ring(
    over(gradients, count(inside)),
    machines,
    rate(device.networkBytesPerS, 'B/s', 'of network'),
    factor(at.network, 'reached'),
  );
  const hidden = times(
    factor(at.overlap, 'overlapped'),
    factor(BACKWARD, 'backward'),
    seconds(pass, 'a pass'),
  );
  const exposed = minus(plus(within, between), hidden);
  if (exposed.value <= 0) return null;
  return secondsLine(
    'gradients',
    exposed,
    'rings within machines and between them: Patarasuk and Yuan, JPDC 2009; hidden behind the backward pass, reached: fitted',
  );
}
