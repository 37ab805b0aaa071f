import { type MeasurementRow, numberIn } from './measurement-row.ts';

/** What the notes of a row say of the model's shape; null for what they leave out. */
export type ShapeNotes = {
  readonly layers: number | null;
  readonly hidden: number | null;
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly headDim: number | null;
  readonly feedForward: number | null;
  readonly vocab: number | null;
  readonly gated: boolean | null;
  readonly experts: number | null;
  readonly expertsPerToken: number | null;
  /** Forward multiply-adds of one image. */
  readonly macs: number | null;
  /** Numbers that the layers of one image hand on. */
  readonly activations: number | null;
  /** Height times width of the input, in pixels. */
  readonly pixels: number | null;
  /** Denoising steps of one image of a diffusion model. */
  readonly steps: number | null;
};

/**
 * The words of `arch_notes`: `L32 d4096 h32 kv8 ffn14336 V128256`, `MoE 128e top4`, `4.1 GMAC fwd`,
 * `6.98 GOPs` (two to a multiply-add), `11.1M activations`, `224x224`; the pixels may stand in
 * `seq_len` as well. A square may be given by its side after the data set's name (`ImageNet 224`).
 */
export function readNotes(row: Pick<MeasurementRow, 'arch_notes' | 'seq_len'>): ShapeNotes {
  const text = row.arch_notes;
  const operations = numberIn(text, /([\d.]+)\s*([MGT])(?:FL)?OPs?\b/i);
  const macs =
    numberIn(text, /([\d.]+)\s*([MGT])MACs?\b/i) ??
    scaled(numberIn(text, /\bGMACs?\s*[:=]?\s*([\d.]+)/i), 1e9);
  return {
    layers: numberIn(text, /\bL(\d+)\b/) ?? numberIn(text, /\b(\d+) layers?\b/i),
    hidden:
      numberIn(text, /\bd(?:_model)?\s*=?(\d+)\b/) ?? numberIn(text, /\bhidden\s*=?\s*(\d+)/i),
    heads: numberIn(text, /\bh(?:eads)?\s*=?(\d+)\b/),
    kvHeads: numberIn(text, /\bkv(?:_?heads)?\s*=?(\d+)\b/i),
    headDim: numberIn(text, /\bhead_?dim\s*=?(\d+)\b/i),
    feedForward: numberIn(text, /\bffn?\s*=?(\d+)\b/i),
    vocab: numberIn(text, /\bV(?:ocab)?\s*=?(\d+(?:\.\d+)?)(k)?\b/),
    gated: /\b(?:SwiGLU|GeGLU|gated)\b/i.test(text) ? true : /\bGELU\b/i.test(text) ? false : null,
    experts: numberIn(text, /\b(\d+)(?:e\b| experts)/i) ?? numberIn(text, /\bE(\d+)\b/),
    expertsPerToken: numberIn(text, /\btop-?(\d+)\b/i),
    macs: macs ?? scaled(operations, 0.5),
    activations:
      numberIn(text, /([\d.]+)\s*([KMG]?)(?:\s*|-)act(?:ivation)?s?\b/i) ??
      scaled(numberIn(text, /\bMacts?\s*[:=]?\s*([\d.]+)/i), 1e6),
    pixels: pixelsIn(text) ?? pixelsIn(row.seq_len),
    steps: numberIn(text, /\b(\d+) (?:denoising |sampling |diffusion )?steps\b/i),
  };
}

/** `224x224`, the last two of `16x224x224`, `ImageNet 224`, `at 512`. */
function pixelsIn(text: string): number | null {
  const sides = /(\d{2,4})\s*[x×]\s*(\d{2,4})(?!\s*[x×]\s*\d)/.exec(text);
  if (sides !== null) return Number(sides[1]) * Number(sides[2]);
  const side = numberIn(
    text,
    /\b(?:ImageNet|COCO|CIFAR-?\d*|img(?:_size)?|res(?:olution)?|at)[\s=]+(\d{2,4})\b/i,
  );
  return side === null ? null : side * side;
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
