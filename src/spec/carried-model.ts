import { z } from 'zod';
import { ONE_LINE } from './one-line.ts';

/** No model has more layers, or more of anything in one. */
const COUNT_MAX = 1e9;
/** Of parameters; as much as a task file may state. */
const PARAMS_MAX = 1e15;
/** Of the forward pass of one image: a thousand times that of the largest video model. */
const WORK_MAX = 1e18;
/** The longest path that Linux takes. */
const ID_CHARS_MAX = 4096;

/** Means over layers need not be whole, and a part may be missing: zero. */
const number = (most: number) =>
  z.number().min(0, 'is below zero').max(most, `is more than any model has (${most})`);
const whole = (least: number) => number(COUNT_MAX).int().min(least, `is below ${least}`);
const size = number(COUNT_MAX);
const total = number(PARAMS_MAX);
const word = z.string().max(ID_CHARS_MAX).regex(ONE_LINE, 'needs text without control characters');

const FAMILIES = [
  'decoder',
  'encoder',
  'encoder-decoder',
  'diffusion',
  'convolution',
  'recommender',
] as const;

/** The counts of a model: see `Architecture` of core/demand, which the compiler holds this to. */
const countsSchema = z.object({
  name: word,
  family: z.enum(FAMILIES),
  layers: whole(1),
  hidden: size,
  heads: whole(0),
  kvHeads: whole(0),
  headDim: size,
  feedForward: size,
  gated: z.boolean(),
  vocab: size,
  experts: whole(1),
  expertsPerToken: whole(1),
  routedLayers: whole(0),
  sharedFeedForward: size,
  params: total.min(1, 'is below 1'),
  activeParams: total,
  matmulParams: total,
  embeddingParams: total,
  expertParams: total,
  cachePerToken: total,
  window: z
    .object({
      layers: whole(0),
      tokens: size,
      recurrent: z.exactOptional(z.object({ reach: number(WORK_MAX), width: size })),
    })
    .nullable(),
  sample: z.object({ macs: number(WORK_MAX), activations: number(WORK_MAX) }).nullable(),
});
type Counts = z.infer<typeof countsSchema>;

/**
 * A model that the tables do not have, as the machine of its user has read it: what plans need of
 * it, for a server that can read neither that user's files nor, maybe, the hub.
 */
export const carriedModelSchema = z.object({
  /** As tasks call it. */
  id: word,
  architecture: countsSchema.superRefine((counts, context) => {
    for (const [field, message] of contradictions(counts))
      context.addIssue({ code: 'custom', path: [field], message });
  }),
});
export type CarriedModel = z.infer<typeof carriedModelSchema>;

type Contradiction = readonly [field: keyof Counts, what: string];

/** What no model can be, and estimates would divide by. */
function contradictions(counts: Counts): readonly Contradiction[] {
  const { family, window, layers, sample } = counts;
  const larger = PARTS.filter(([part, all]) => counts[part] > counts[all]).map(
    ([part, all]): Contradiction => [part, `is more than ${all}`],
  );
  if (window !== null && window.layers > layers) larger.push(['window', 'is of more than layers']);
  // A decoder is estimated by its tokens, whatever else it is said to count.
  if (sample !== null && family !== 'decoder') return larger;
  if (!family.endsWith('coder')) return [...larger, ['sample', `is missing of a ${family} model`]];
  const narrow = WIDTHS.filter((width) => counts[width] === 0);
  return [...larger, ...narrow.map((width): Contradiction => [width, 'is 0'])];
}

/**
 * Not experts and embeddings: of a GGUF file they are counted by its metadata and the whole by its
 * tensors, which may differ by a tenth.
 */
const PARTS = [
  ['activeParams', 'params'],
  ['kvHeads', 'heads'],
  ['routedLayers', 'layers'],
  ['expertsPerToken', 'experts'],
] as const;

/** Of every model that reads tokens. */
const WIDTHS = ['hidden', 'heads', 'kvHeads', 'headDim'] as const;
