import { assert } from '../../../base/assert.ts';
import { HOUR_MS, SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Demand, Layout } from '../../../spec/demand.ts';
import type { Serving, Task } from '../../../spec/task.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { acceleratorsFor, declaredBy, deviceNamed } from '../accelerators/accelerators-for.ts';
import { type ModelBook, modelOf, requestSizes, trainingRun } from '../estimate-demand.ts';
import type { Architecture } from '../models/architecture.ts';
import { sampleTask } from '../samples-demand.ts';
import { sameReplica } from '../serving/serving-layouts.ts';
import { splitOf } from '../split-of-layout.ts';
import { chooseLayout, type DevicesWanted, whatWouldFit } from './choose-layout.ts';
import { explainSamples } from './explain-samples.ts';
import { explainService } from './explain-service.ts';
import { explainTraining } from './explain-training.ts';
import type { Explained, ExplainedResult } from './explained.ts';
import { count, over } from './term.ts';

/** What is explained of a task, and by which models. */
export type Explaining = {
  /** The devices; null for those of the least device time, or the leanest where nothing fits. */
  readonly on: DevicesWanted | null;
  readonly models: ModelBook;
};

/**
 * The arithmetic behind one layout of a task's demand: one entry, or one for each size of requests.
 * None where the demand has no layouts. Errors: those of `chooseLayout`.
 */
export function explainDemand(
  task: Task,
  { layouts }: Demand,
  { on, models }: Explaining,
): readonly Explained[] {
  if (layouts.length === 0 || task.model === null) return [];
  const model = modelOf(task.model, models).architecture;
  const { deadlineMs } = task.goal;
  const layout = chooseLayout(layouts, on, deadlineMs === null ? null : deadlineMs / HOUR_MS);
  const device = deviceNamed(acceleratorsFor(task), layout.accelerator);
  assert(device !== undefined, `${layout.accelerator} is in a layout and no accelerator`);
  const declared = declaredBy(task).find(({ facts }) => facts.name === device.name);
  const inherited = declared?.inherited ?? null;
  if (model.family === 'decoder' && task.training === null)
    return explainSizes(model, task.serving!, { layouts, layout, device, inherited });
  const explained =
    model.family === 'decoder'
      ? explainTraining(model, trainingRun(task.training!), { layout, device })
      : explainSamples(model, sampleTask(task, model), { layout, device });
  const unfit = layout.fits ? null : whatWouldFit(layouts, layout, device);
  return [{ ...explained, inherited, unfit }];
}

type Chosen = {
  readonly layouts: readonly Layout[];
  readonly layout: Layout;
  readonly device: AcceleratorFacts;
  readonly inherited: string | null;
};

function explainSizes(
  model: Architecture,
  serving: Serving,
  { layouts, layout, device, inherited }: Chosen,
): readonly Explained[] {
  const sizes = requestSizes(serving);
  const split = splitOf(layout);
  const isAlone = sizes.length === 1 && layout.serves !== undefined;
  const explained = sizes.map(({ share, task }): Explained => {
    const replica = isAlone ? layout : sameReplica(model, task, { device, split });
    const asked = { share, task, replica, replicas: layout.dataParallel, device };
    const one = explainService(model, asked);
    const { ttftMs, tpotMs } = task;
    const late = lateWords(one, { 'time to first token': ttftMs, 'time per token': tpotMs });
    const unfit = one.fits ? null : (late ?? whatWouldFit(layouts, replica, device));
    return { ...one, inherited, unfit };
  });
  const last = explained.at(-1)!;
  const whole = [...mixResult(explained), ...hoursResult(layout, serving, last)];
  const results = [...last.results, ...whole];
  return [...explained.slice(0, -1), { ...last, results, hours: layout.hours }];
}

/** Which limit a single request breaks; null where the memory is what is too small. */
function lateWords(
  { time }: Pick<Explained, 'time'>,
  limitsMs: { readonly [of: string]: number | null },
): string | null {
  for (const { of, seconds } of time) {
    const limit = limitsMs[of] ?? null;
    if (limit !== null && 1000 * seconds > limit)
      return `a request alone has a ${of} of ${Math.ceil(1000 * seconds)} ms; asked are ${limit}`;
  }
  return null;
}

/** Sizes take turns: the time of an average request is what its sizes take by their shares. */
function mixResult(sizes: readonly Explained[]): readonly ExplainedResult[] {
  if (sizes.length === 1 || sizes.some(({ fits }) => !fits)) return [];
  const parts = sizes.map(({ requests, results }) => ({
    tokens: requests!.share * requests!.outputTokens,
    rate: results[0]!.value / requests!.outputTokens,
    share: requests!.share,
  }));
  const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
  const seconds = parts.reduce((sum, part) => sum + part.share / part.rate, 0);
  const each = parts.map(({ share, rate }) => over(count(share), count(rate)).text);
  const source = 'requests of all sizes in turn: shares over requests/s of each size alone';
  const formula = `${count(tokens).text} tokens / (${each.join(' + ')})`;
  return [{ name: 'tokens/s of the mix', value: tokens / seconds, formula, source }];
}

/** Of a batch of requests, that ends. */
function hoursResult(
  { hours, tokensPerSecond }: Layout,
  { requests }: Serving,
  { requests: size }: Explained,
): readonly ExplainedResult[] {
  if (hours === null || tokensPerSecond === null || requests === undefined) return [];
  const tokens = count(requests * size!.outputTokens, 'tokens');
  const speed = count(tokensPerSecond.mid, 'tokens/s');
  const { value, text } = over(tokens, speed, count(SECONDS_PER_HOUR, 's/h'));
  return [{ name: 'hours', value, formula: text, source: 'all replicas busy to the end' }];
}
