import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { type ReplicaSplit, splitOf, tensorAlone } from '../split-of-layout.ts';
import type { Expected } from './expected-figures.ts';
import { type AskedTask, servingFigure } from './measured-work.ts';
import type { OwnMeasurement, SpeedQuantity, StatedSetUp } from './own-measurement.ts';
import { badValue, wrongQuantity } from './refuse.ts';
import { scaled } from './scaled.ts';

type AskedService = Extract<AskedTask, { kind: 'serving' }>;

/** Errors: as `expectedFigures`. */
export function ofServing(
  asked: AskedService,
  layout: Layout,
  { device, speed, devices, setUp, peakMemoryBytes }: OwnMeasurement,
): Expected {
  if (peakMemoryBytes !== null)
    throw badValue('the peak memory of a service says nothing of what it needs', {
      hint: 'engines fill what they are given (vLLM nine tenths); measure its speed',
    });
  const split = statedSplit(asked, layout, setUp);
  const base = {
    layout,
    isAsSearched: setUp.concurrency === undefined && isSame(split, splitOf(layout)),
    memoryBytes: layout.memoryBytesPerDevice.mid,
  };
  if (speed === null) return { ...base, speed: null };
  const { quantity } = speed;
  const concurrency = setUp.concurrency ?? null;
  const replicas = layout.serves === undefined ? 1 : devices / layout.devices;
  const place = { device, layout, split, concurrency, replicas };
  const estimated = figureOf(asked, place, quantity);
  if (estimated !== null)
    return {
      ...base,
      speed: { quantity, measured: speed.value, estimated, tokensPerSecond: null },
    };
  throw badValue(`${quantity} cannot be compared: nothing tells the requests at once`, {
    hint:
      asked.request === null
        ? 'its requests are of several sizes: measure output_tokens_per_second'
        : 'add concurrency=32 to --measured',
  });
}

/**
 * As the user says: tensor parallelism alone where only that is stated, experts over `ep` devices and
 * attention in copies of `tp` where that is; as the search has it where neither is, and for a batch.
 */
function statedSplit({ model }: AskedService, layout: Layout, setUp: StatedSetUp): ReplicaSplit {
  const { tensorParallel, expertParallel } = setUp;
  if (expertParallel !== undefined && model.routedLayers === 0)
    throw badValue(`the model has no experts to spread over ${expertParallel} devices`, {
      hint: 'leave ep out of --measured',
    });
  if (layout.serves === undefined) return splitOf(layout);
  if (expertParallel === undefined)
    return tensorParallel === undefined ? splitOf(layout) : tensorAlone(tensorParallel);
  const dataParallel = expertParallel / (tensorParallel ?? 1);
  if (Number.isInteger(dataParallel))
    return { ...tensorAlone(tensorParallel ?? 1), dataParallel, expertParallel };
  throw badValue(
    `experts over ${expertParallel} devices are no whole copies of ${tensorParallel}`,
    {
      hint: 'ep counts all devices of a replica, tp those of one copy of attention',
    },
  );
}

function isSame(one: ReplicaSplit, other: ReplicaSplit): boolean {
  return (
    one.tensorParallel === other.tensorParallel &&
    one.pipelineParallel === other.pipelineParallel &&
    one.dataParallel === other.dataParallel
  );
}

type Place = {
  readonly device: AcceleratorFacts;
  readonly layout: Layout;
  /** As it was measured, and as the search has it. */
  readonly split: ReplicaSplit;
  /** Null for as many as the layout takes. */
  readonly concurrency: number | null;
  readonly replicas: number;
};

/** Null where nothing tells the requests at once. */
function figureOf(
  { model, request }: AskedService,
  { device, layout, split, concurrency, replicas }: Place,
  quantity: SpeedQuantity,
): number | null {
  const usual = layout.serves?.concurrency ?? 0;
  const at = (of: Parameters<typeof servingFigure>[3], requests: number, on = split) =>
    request === null || requests === 0
      ? null
      : servingFigure(model, request, { device, split: on, concurrency: requests }, of);
  switch (quantity) {
    case 'tpot':
      return at('time-per-token', concurrency ?? usual);
    case 'ttft':
      return at('time-to-first-token', concurrency ?? usual);
    case 'output_tokens_per_second': {
      const own = layout.tokensPerSecond?.mid ?? null;
      const found = splitOf(layout);
      if (concurrency === null && isSame(split, found)) return own && own * replicas;
      const searched = at('output-tokens', usual, found);
      const stated = at('output-tokens', concurrency ?? usual);
      const ofReplica = scaled(own, { searched, stated });
      return ofReplica && ofReplica * replicas;
    }
    default:
      throw wrongQuantity(quantity, 'output_tokens_per_second, tpot or ttft');
  }
}
