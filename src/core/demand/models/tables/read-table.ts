import { assert } from '../../../../base/assert.ts';
import type { Compressed } from '../compressed-attention.ts';
import {
  type Latent,
  type Recurrent,
  type Routing,
  type TransformerShape,
  transformerShape,
} from '../transformer-shape.ts';

/** A line of a table, of which the id is read at once. */
export type ModelRow = { readonly id: string; readonly read: () => TransformerShape };

/**
 * The transformers of a table, one a line: id, layers, width, heads, key-value heads, head width,
 * feed-forward width, g(ated) or p(lain), vocabulary, t(ied) or u(ntied), then what else there is
 * as words; `common` are words that hold for every line.
 *
 * `bias=qkvof` biased matrices, `norms=4/2` vectors of the norms in a layer and outside of layers,
 * `qk=head` norms of queries and keys, `gate` an output gate, `window=16/4096` layers and tokens,
 * `experts=64/6x1408` experts, of them for a token, their width (the feed-forward width if not
 * said), `shared=2816`, `first=1` dense layers before the routed ones, `every=2` every second layer
 * routed, `squeeze=1024` width of tokens at the experts, `latent=` ranks of queries and of keys,
 * then widths with, without position and of values, then heads and width of the indexer, `compressed=`
 * ranks of queries and outputs, groups, heads and width of the indexer, layers of either kind, streams, `delta=`
 * and `mamba=` recurrent layers, `blocks=23` layers with a feed-forward block, `positions=512`,
 * `types=2`, `embed=128`, `encoder=12` layers, `once` all layers are one, `image=224/16/1000`
 * pixels, patch and outputs, `text=layers/width/heads/vocabulary/tokens`, `other=` parameters.
 */
export function readTable(
  text: string,
  { family, common }: { readonly family: TransformerShape['family']; readonly common: string },
): ModelRow[] {
  return text
    .trim()
    .split('\n')
    .map((line) => ({
      id: line.slice(0, line.indexOf(' ')),
      read: () => readRow(`${line} ${common}`.trim().split(/ +/), family),
    }));
}

/** Columns before the words. */
const COLUMNS = 10;

function readRow(cells: readonly string[], family: TransformerShape['family']): TransformerShape {
  const at = (column: number): number => Number(cells[column]);
  const words = new Words(cells.slice(COLUMNS));
  const layers = at(1);
  const feedForward = at(6);
  const feedForwardLayers = words.number('blocks') ?? layers;
  const shape = transformerShape({
    id: cells[0]!,
    family,
    layers,
    hidden: at(2),
    heads: at(3),
    kvHeads: at(4),
    headDim: at(5),
    feedForward,
    gated: cells[7] === 'g',
    vocab: at(8),
    tied: cells[9] === 't',
    feedForwardLayers,
    biased: words.text('bias') ?? '',
    norms: normsOf(words),
    queryKeyNorm: queryKeyNormOf(words),
    outputGate: words.text('gate') !== undefined,
    routing: routingOf(words, { feedForward, layers: feedForwardLayers }),
    latent: latentOf(words),
    compressed: compressedOf(words),
    recurrent: recurrentOf(words),
    window: windowOf(words),
    encoderLayers: words.number('encoder') ?? 0,
    positions: words.number('positions') ?? 0,
    tokenTypes: words.number('types') ?? 0,
    embeddingWidth: words.number('embed') ?? at(2),
    distinctLayers: words.text('once') === undefined ? layers : 1,
    image: imageOf(words),
    text: textTowerOf(words),
    otherParams: words.number('other') ?? 0,
  });
  words.allRead(cells[0]!);
  return shape;
}

/** The words of a line by their names; a later one (of `common`) does not replace an earlier. */
class Words {
  readonly #values = new Map<string, string>();
  readonly #read = new Set<string>();

  constructor(words: readonly string[]) {
    for (const word of words) {
      const [name = '', value = ''] = word.split('=');
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  text(name: string): string | undefined {
    this.#read.add(name);
    return this.#values.get(name);
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  numbers(name: string): number[] | undefined {
    return this.text(name)?.split(/[/x]/).map(Number);
  }

  allRead(id: string): void {
    for (const name of this.#values.keys()) assert(this.#read.has(name), `${id}: ${name}?`);
  }
}

function normsOf(words: Words): TransformerShape['norms'] {
  const [perLayer = 2, outside = 1] = words.numbers('norms') ?? [];
  return { perLayer, outside };
}

function queryKeyNormOf(words: Words): TransformerShape['queryKeyNorm'] {
  const text = words.text('qk') ?? 'none';
  assert(text === 'none' || text === 'head' || text === 'whole', text);
  return text;
}

function windowOf(words: Words): TransformerShape['window'] {
  const [layers, tokens] = words.numbers('window') ?? [];
  return layers === undefined || tokens === undefined ? null : { layers, tokens };
}

function routingOf(
  words: Words,
  { feedForward, layers }: { readonly feedForward: number; readonly layers: number },
): Routing | null {
  const [experts, expertsPerToken, width] = words.numbers('experts') ?? [];
  const sharedFeedForward = words.number('shared') ?? 0;
  const first = words.number('first') ?? 0;
  const every = words.number('every') ?? 1;
  const latentWidth = words.number('squeeze') ?? 0;
  if (experts === undefined || expertsPerToken === undefined) return null;
  return {
    experts,
    expertsPerToken,
    feedForward: width ?? feedForward,
    sharedFeedForward,
    layers: Math.floor((layers - first) / every),
    latentWidth,
  };
}

function latentOf(words: Words): Latent | null {
  const numbers = words.numbers('latent');
  if (numbers === undefined) return null;
  const [queryRank, keyValueRank, ropeDim, nopeDim, valueDim, indexHeads = 0, indexDim = 0] =
    numbers as [number, number, number, number, number, number?, number?];
  return { queryRank, keyValueRank, ropeDim, nopeDim, valueDim, indexHeads, indexDim };
}

function compressedOf(words: Words): Compressed | null {
  const numbers = words.numbers('compressed');
  if (numbers === undefined) return null;
  const [queryRank, outputRank, outputGroups, indexHeads] = numbers as [
    number,
    number,
    number,
    number,
  ];
  const [indexDim, sparseLayers, condensedLayers, streams] = numbers.slice(4) as [
    number,
    number,
    number,
    number,
  ];
  return {
    queryRank,
    outputRank,
    outputGroups,
    indexHeads,
    indexDim,
    sparseLayers,
    condensedLayers,
    streams,
  };
}

function recurrentOf(words: Words): Recurrent | null {
  const delta = words.numbers('delta');
  const mamba = words.numbers('mamba');
  if (delta !== undefined) {
    const [layers, keyHeads, valueHeads, headDim] = delta as [number, number, number, number];
    return { kind: 'delta', layers, keyHeads, valueHeads, headDim };
  }
  if (mamba === undefined) return null;
  const [layers, heads, headDim, stateDim, groups] = mamba as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { kind: 'mamba', layers, heads, headDim, stateDim, groups };
}

function imageOf(words: Words): TransformerShape['image'] {
  const [size, patch, outputs] = words.numbers('image') ?? [];
  if (size === undefined || patch === undefined || outputs === undefined) return null;
  return { size, patch, outputs };
}

/** CLIP's tower: plain blocks of four times the width, biases everywhere, a final norm. */
function textTowerOf(words: Words): TransformerShape | null {
  const numbers = words.numbers('text');
  if (numbers === undefined) return null;
  const [layers, hidden, heads, vocab, positions] = numbers as [
    number,
    number,
    number,
    number,
    number,
  ];
  return transformerShape({
    id: 'text',
    family: 'encoder',
    layers,
    hidden,
    heads,
    vocab,
    positions,
    feedForward: 4 * hidden,
    gated: false,
    tied: true,
    biased: 'qkvof',
    norms: { perLayer: 4, outside: 2 },
  });
}
