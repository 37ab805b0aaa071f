/** What the catalog knows of one kind of device. */
export type AcceleratorKind = {
  /** Of one device, as its maker sells it; null where a name covers several sizes. */
  readonly memoryGib: number | null;
  /** Other spellings that fold to something else than the name does. */
  readonly aliases?: readonly string[];
};

/** How lists name the boards of one device, which share a name here (see ACCELERATORS). */
const A100_FORMS = ['SXM', 'SXM4', 'SXM5', 'PCIe', 'NVLink'];
const H100_FORMS = ['SXM', 'SXM4', 'SXM5', 'NVLink'];
const V100_FORMS = ['SXM2', 'SXM3', 'PCIe', 'NVLink'];

/**
 * The one table of accelerator names. Names are those of SkyPilot's catalog
 * (docs.skypilot.co, "GPUs and Accelerators") where it has one. A name stands for what a task can
 * tell apart, and a request matches that name alone:
 *
 * - memory sizes are names of their own: A100 is the one of 40 GB, A100-80GB the other; V100 and
 *   V100-32GB likewise. Form factors of the A100 share a name, as at SkyPilot: SXM and PCIe have
 *   the same arithmetic and memory bandwidth within 6 %.
 * - H100 is the SXM one and one whose form factor is not told. H100-PCIe (a quarter less
 *   arithmetic, 40 % less bandwidth) and H100-NVL (94 GB) are names of their own, and so is
 *   H100-MEGA, Google's SXM machine with the faster network.
 * - A TPU is named by its chip; slices (`tpu-v6e-8`) become a chip and a count, see
 *   `resolveAccelerator`.
 *
 * Memory sizes: the makers' data sheets, as collected in the price lists' own columns.
 */
export const ACCELERATORS: Readonly<Record<string, AcceleratorKind>> = {
  A2: { memoryGib: 16 },
  A10: { memoryGib: 24 },
  A10G: { memoryGib: 24 },
  'A10-vGPU': { memoryGib: null },
  A16: { memoryGib: 16 },
  A30: { memoryGib: 24 },
  A40: { memoryGib: 48 },
  A100: {
    memoryGib: 40,
    aliases: ['A100-40GB', ...formed('A100', A100_FORMS), ...formed('A100', A100_FORMS, 40)],
  },
  'A100-80GB': { memoryGib: 80, aliases: formed('A100', A100_FORMS, 80) },
  A800: { memoryGib: 80, aliases: ['A800 80G', 'A800-80GB', ...formed('A800', A100_FORMS, 80)] },
  A4000: { memoryGib: 16, aliases: ['RTX A4000'] },
  A4500: { memoryGib: 20, aliases: ['RTX A4500'] },
  A5000: { memoryGib: 24, aliases: ['RTX A5000'] },
  A6000: { memoryGib: 48, aliases: ['RTX A6000'] },
  B200: { memoryGib: 180, aliases: ['B200 SXM', 'B200 SXM6', 'B200 NVL', 'B200 NVLink'] },
  B300: { memoryGib: 288, aliases: ['B300 SXM', 'B300 SXM6', 'B300 SXM6 AC', 'B300 NVLink'] },
  GB200: { memoryGib: 186 },
  GB300: { memoryGib: 288, aliases: ['GB300 SXM6'] },
  // The larger number is that of the processor's memory.
  GH200: { memoryGib: 96, aliases: ['GH200 480GB'] },
  H100: {
    memoryGib: 80,
    aliases: [
      'H100-80GB',
      'H100 80GB HBM3',
      ...formed('H100', H100_FORMS),
      ...formed('H100', H100_FORMS, 80),
    ],
  },
  'H100-MEGA': { memoryGib: 80, aliases: ['H100-MEGA-80GB'] },
  'H100-NVL': { memoryGib: 94, aliases: ['H100-NVL-94GB'] },
  'H100-PCIe': {
    memoryGib: 80,
    aliases: ['H100 PCIe NVLink', ...formed('H100', ['PCIe'], 80)],
  },
  H200: { memoryGib: 141, aliases: ['H200 SXM', 'H200 SXM5', 'H200 NVLink', 'H200-141GB'] },
  'H200-NVL': { memoryGib: 141 },
  K80: { memoryGib: 12 },
  L4: { memoryGib: 24, aliases: ['L4-24GB'] },
  L40: { memoryGib: 48 },
  L40S: { memoryGib: 48, aliases: ['L40S-48GB', 'L40S AMD', 'L40S Intel'] },
  M60: { memoryGib: 8 },
  P4: { memoryGib: 8 },
  P40: { memoryGib: 24 },
  P100: { memoryGib: 16, aliases: formed('P100', ['SXM2', 'PCIe'], 16) },
  T4: { memoryGib: 16 },
  'T4-vGPU': { memoryGib: null },
  T4g: { memoryGib: 16 },
  V100: {
    memoryGib: 16,
    aliases: ['V100-16GB', ...formed('V100', V100_FORMS), ...formed('V100', V100_FORMS, 16)],
  },
  'V100-32GB': { memoryGib: 32, aliases: formed('V100', V100_FORMS, 32) },
  V100S: { memoryGib: 32, aliases: ['V100S-32GB'] },
  'GRID-K520': { memoryGib: 4, aliases: ['K520'] },

  'GTX1050-Ti': { memoryGib: 4 },
  GTX1060: { memoryGib: 6 },
  GTX1070: { memoryGib: 8 },
  GTX1080: { memoryGib: 8 },
  'GTX1080-Ti': { memoryGib: 11 },
  GTX1650: { memoryGib: 4 },
  GTX1660: { memoryGib: 6 },
  'GTX1660-Super': { memoryGib: 6 },
  RTX2060: { memoryGib: 6 },
  RTX2070: { memoryGib: 8 },
  RTX2080: { memoryGib: 8 },
  'RTX2080-Ti': { memoryGib: 11 },
  RTX3050: { memoryGib: 8 },
  RTX3060: { memoryGib: 12 },
  'RTX3060-Ti': { memoryGib: 8 },
  RTX3070: { memoryGib: 8 },
  'RTX3070-Ti': { memoryGib: 8 },
  RTX3080: { memoryGib: 10 },
  'RTX3080-Ti': { memoryGib: 12 },
  RTX3090: { memoryGib: 24 },
  'RTX3090-Ti': { memoryGib: 24 },
  'RTX4060-Ti': { memoryGib: 16 },
  RTX4070: { memoryGib: 12 },
  'RTX4070-Ti': { memoryGib: 12 },
  'RTX4070-Ti-Super': { memoryGib: 16 },
  RTX4080: { memoryGib: 16 },
  'RTX4080-Super': { memoryGib: 16 },
  RTX4090: { memoryGib: 24, aliases: ['RTX 4090 (High freq.)'] },
  'RTX5060-Ti': { memoryGib: 16 },
  RTX5070: { memoryGib: 12 },
  'RTX5070-Ti': { memoryGib: 16 },
  RTX5080: { memoryGib: 16 },
  RTX5090: { memoryGib: 32, aliases: ['RTX 5090 (High freq.)'] },
  RTX4000: { memoryGib: 8 },
  RTX5000: { memoryGib: 16 },
  RTX6000: { memoryGib: 24, aliases: ['RTX 6000 (Turing)'] },
  RTXA2000: { memoryGib: 6, aliases: ['A2000'] },
  'RTX2000-Ada': { memoryGib: 16 },
  'RTX4000-Ada': { memoryGib: 20 },
  'RTX4000-Ada-SFF': { memoryGib: 20, aliases: ['RTX 4000 SFF Ada'] },
  'RTX5000-Ada': { memoryGib: 32 },
  'RTX6000-Ada': { memoryGib: 48 },
  RTXPRO4000: { memoryGib: 24 },
  RTXPRO4500: { memoryGib: 32, aliases: ['RTX PRO 4500 SE'] },
  RTXPRO5000: { memoryGib: 48 },
  RTXPRO6000: {
    memoryGib: 96,
    aliases: [
      'RTX PRO 6000 Server',
      'RTX PRO 6000 SE',
      'RTX PRO 6000 WE',
      'RTX PRO 6000 WK',
      'RTX PRO 6000 Blackwell',
      'RTX PRO 6000 Blackwell Server Edition',
      'RTX PRO 6000 Blackwell Workstation Edition',
      'RTX 6000 Pro',
      'RTX 6000 Pro 96GB',
      'Blackwell RTX 6000',
    ],
  },
  'RTXPRO6000-MaxQ': { memoryGib: 96 },

  Gaudi: { memoryGib: 32, aliases: ['Gaudi HL-205'] },
  Gaudi2: { memoryGib: 96 },
  Gaudi3: { memoryGib: 128 },
  Inferentia: { memoryGib: 8 },
  Inferentia2: { memoryGib: 32 },
  MI25: { memoryGib: 16, aliases: ['Radeon MI25'] },
  MI300X: { memoryGib: 192 },
  MI325X: { memoryGib: 256 },
  MI350X: { memoryGib: 288 },
  MI355X: { memoryGib: 288 },
  QualcommAI100: { memoryGib: 16, aliases: ['Cloud AI 100', 'AI100'] },
  RadeonProV520: { memoryGib: 8, aliases: ['Radeon Pro V520'] },
  Trainium: { memoryGib: 32, aliases: ['Trainium1'] },
  Trainium2: { memoryGib: 96 },
  'tpu-v2': { memoryGib: 16 },
  'tpu-v3': { memoryGib: 32 },
  'tpu-v4': { memoryGib: 32 },
  'tpu-v5e': { memoryGib: 16, aliases: ['tpu-v5litepod', 'tpu-v5-lite-podslice', 'v5e'] },
  'tpu-v5p': { memoryGib: 95, aliases: ['tpu-v5p-slice', 'v5p'] },
  'tpu-v6e': { memoryGib: 32, aliases: ['tpu-v6e-slice', 'v6e'] },
};

/**
 * The catalog's name of a device that a person or a price list wrote in some way
 * (`nvidia-h100-80gb`, `rtx 4090`, `Tesla T4`); the text itself, trimmed, when it is not known.
 */
export function normaliseAccelerator(name: string): string {
  return namesByFolded().get(folded(name)) ?? name.trim();
}

/** True for a name of the table, in the table's own spelling. */
export function isKnownAccelerator(name: string): boolean {
  return Object.hasOwn(ACCELERATORS, name);
}

/**
 * A request in the catalog's words. A TPU slice names cores up to v5p and chips after, so that
 * `tpu-v5p-8` is four chips and `tpu-v6e-8` eight.
 * Source: Google, "Cloud TPU accelerator types" (v2 to v5p: TensorCores, two on a chip).
 */
export function resolveAccelerator(request: { readonly name: string; readonly count: number }): {
  readonly name: string;
  readonly count: number;
} {
  const slice = /^tpu-(v[2-4]|v5p|v5e|v5litepod|v6e)-(\d{1,5})$/i.exec(request.name.trim());
  const name = normaliseAccelerator(slice === null ? request.name : `tpu-${slice[1]}`);
  if (slice === null) return { name, count: request.count };
  const size = Number(slice[2]);
  const chips = name === 'tpu-v5e' || name === 'tpu-v6e' ? size : size / 2;
  return { name, count: request.count * chips };
}

let foldedNames: ReadonlyMap<string, string> | undefined;

/** Built when first asked for: most commands never normalise a name. */
function namesByFolded(): ReadonlyMap<string, string> {
  if (foldedNames !== undefined) return foldedNames;
  const names = new Map<string, string>();
  for (const [name, { aliases = [] }] of Object.entries(ACCELERATORS))
    for (const spelling of [name, ...aliases]) names.set(folded(spelling), name);
  foldedNames = names;
  return names;
}

/** Case, punctuation, makers and product lines do not tell devices apart. */
function folded(spelling: string): string {
  return spelling
    .slice(0, 64)
    .toLowerCase()
    .replace(/\b(nvidia|amd|intel|aws|google|tesla|geforce|quadro|hgx)[\s_-]+/g, '')
    .replace(/[\s_-]generation$/, '')
    .replace(/[^a-z0-9]/g, '');
}

/** `A100 SXM4`; with a size `A100-80GB-SXM4`, `A100 SXM4 80GB`, `A100 SXM4 80`. */
function formed(name: string, forms: readonly string[], gib?: number): string[] {
  if (gib === undefined) return forms.map((form) => `${name} ${form}`);
  return forms.flatMap((form) => [
    `${name} ${gib}GB ${form}`,
    `${name} ${form} ${gib}GB`,
    `${name} ${form} ${gib}`,
  ]);
}
