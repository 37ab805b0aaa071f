import type { AcceleratorFacts, Generation } from './accelerator-facts.ts';

type Ceiling = Pick<AcceleratorFacts, 'ceiling' | 'narrowCeiling' | 'ceilingSource'>;

/**
 * TFLOP/s of the fastest of many matrix products against the sheet's dense figure, in bf16 and in
 * fp8; 0 where not measured. Source: github.com/stas00/ml-engineering, compute/accelerator,
 * "Maximum Achievable Matmul FLOPS", as collected in our measurements (read in 2026).
 */
const MEASURED: readonly (readonly [
  string,
  Generation,
  { readonly bf16: readonly [number, number]; readonly fp8: readonly [number, number] },
])[] = [
  ['A100 SXM', 'ampere', { bf16: [271.2, 312], fp8: [0, 1] }],
  ['A100 PCIe', 'ampere', { bf16: [252.9, 312], fp8: [0, 1] }],
  ['H100 SXM', 'hopper', { bf16: [794.5, 989.4], fp8: [1402.6, 1978.9] }],
  ['H200 SXM', 'hopper', { bf16: [0, 1], fp8: [1453.4, 1978.9] }],
  ['GH200', 'hopper', { bf16: [828.6, 989.4], fp8: [1535, 1978.9] }],
  ['B200 SXM', 'blackwell', { bf16: [1745, 2250], fp8: [3432.5, 4500] }],
  ['B300 SXM', 'blackwell', { bf16: [1769, 2250], fp8: [3353.3, 4500] }],
  ['GB200', 'blackwell', { bf16: [1822, 2500], fp8: [3615.6, 5000] }],
  ['MI300X', 'cdna3', { bf16: [668.4, 1307.4], fp8: [0, 1] }],
  ['MI325X', 'cdna3', { bf16: [784.9, 1307.4], fp8: [0, 1] }],
  ['MI355X', 'cdna4', { bf16: [1565, 2516.6], fp8: [0, 1] }],
  ['Gaudi2', 'gaudi', { bf16: [418.7, 432], fp8: [826.5, 865] }],
  ['Gaudi3', 'gaudi', { bf16: [1243, 1677], fp8: [1289.5, 1677] }],
];

/** Parts of the registry that a measured one stands for, where they are of several names. */
const MEASURED_AS: Readonly<Record<string, string>> = {
  A100: 'A100 SXM',
  'A100-80GB': 'A100 SXM',
  A800: 'A100 SXM',
  'A100-PCIe': 'A100 PCIe',
  'A100-80GB-PCIe': 'A100 PCIe',
  H100: 'H100 SXM',
  'H100-MEGA': 'H100 SXM',
  H800: 'H100 SXM',
  H200: 'H200 SXM',
  'GH200-144GB': 'GH200',
  B200: 'B200 SXM',
  B300: 'B300 SXM',
};

/** The measured generation that is closest in make to one without a measurement. */
const CLOSEST: Partial<Record<Generation, Generation>> = {
  kepler: 'ampere',
  maxwell: 'ampere',
  pascal: 'ampere',
  volta: 'ampere',
  turing: 'ampere',
  'ampere-small': 'ampere',
  ada: 'ampere',
  'blackwell-small': 'blackwell',
  rubin: 'blackwell',
  cdna: 'cdna3',
  cdna2: 'cdna3',
  cdna5: 'cdna4',
  rdna3: 'cdna3',
};

const MEASURED_IN = {
  bf16: MEASURED.filter(([, , { bf16 }]) => bf16[0] > 0),
  fp8: MEASURED.filter(([, , { fp8 }]) => fp8[0] > 0),
};

/** A part's own measurement, else the mean of its generation, of the closest one, of all. */
export function ceilingOf(name: string, generation: Generation): Ceiling {
  const wide = shareOf('bf16', name, generation);
  const narrow = shareOf('fp8', name, generation);
  return {
    ceiling: wide.share,
    narrowCeiling: narrow.share,
    ceilingSource: `16 bits: ${wide.source}; 8 bits: ${narrow.source}`,
  };
}

function shareOf(
  format: 'bf16' | 'fp8',
  name: string,
  generation: Generation,
): { readonly share: number; readonly source: string } {
  const measured = MEASURED_IN[format];
  const own = measured.filter(([part]) => part === (MEASURED_AS[name] ?? name));
  if (own.length > 0) return { share: meanShare(own, format), source: 'measured by stas00' };
  const close = CLOSEST[generation];
  for (const group of [generation, close]) {
    const alike = measured.filter(([, one]) => one === group);
    if (alike.length > 0)
      return { share: meanShare(alike, format), source: `inherited from ${namesOf(alike)}` };
  }
  return { share: meanShare(measured, format), source: 'inherited from all measured parts' };
}

function meanShare(parts: typeof MEASURED, format: 'bf16' | 'fp8'): number {
  const shares = parts.map(([, , figures]) => figures[format][0] / figures[format][1]);
  return shares.reduce((all, share) => all + share, 0) / shares.length;
}

function namesOf(parts: typeof MEASURED): string {
  return parts.map(([part]) => part).join(', ');
}
