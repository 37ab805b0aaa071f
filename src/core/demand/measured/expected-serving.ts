import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Expected } from './expected-figures.ts';
import { type AskedTask, servingFigure } from './measured-work.ts';
import type { OwnMeasurement, SpeedQuantity } from './own-measurement.ts';
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
  const base = {
    layout,
    isAsSearched: setUp.concurrency === undefined,
    memoryBytes: layout.memoryBytesPerDevice.mid,
  };
  if (speed === null) return { ...base, speed: null };
  const { quantity } = speed;
  const concurrency = setUp.concurrency ?? null;
  const replicas = layout.serves === undefined ? 1 : devices / layout.devices;
  const estimated = figureOf(asked, { device, layout, concurrency, replicas }, quantity);
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

type Place = {
  readonly device: AcceleratorFacts;
  readonly layout: Layout;
  /** Null for as many as the layout takes. */
  readonly concurrency: number | null;
  readonly replicas: number;
};

/** Null where nothing tells the requests at once. */
function figureOf(
  { model, request }: AskedService,
  { device, layout, concurrency, replicas }: Place,
  quantity: SpeedQuantity,
): number | null {
  const { tensorParallel } = layout;
  const usual = layout.serves?.concurrency ?? 0;
  const at = (of: Parameters<typeof servingFigure>[3], requests: number): number | null =>
    request === null || requests === 0
      ? null
      : servingFigure(model, request, { device, tensorParallel, concurrency: requests }, of);
  switch (quantity) {
    case 'tpot':
      return at('time-per-token', concurrency ?? usual);
    case 'ttft':
      return at('time-to-first-token', concurrency ?? usual);
    case 'output_tokens_per_second': {
      const own = layout.tokensPerSecond?.mid ?? null;
      if (concurrency === null) return own && own * replicas;
      const [searched, stated] = [at('output-tokens', usual), at('output-tokens', concurrency)];
      const ofReplica = scaled(own, { searched, stated });
      return ofReplica && ofReplica * replicas;
    }
    default:
      throw wrongQuantity(quantity, 'output_tokens_per_second, tpot or ttft');
  }
}
