import { type AcceleratorFacts, type RegistryRow, registryRows } from './accelerator-facts.ts';

/**
 * Cores that the figures of a part are for, where it is sold (or hired) with fewer: processors by
 * their cores, Apple's by those of the GPU.
 */
const CORES: ReadonlyMap<string, number> = new Map([
  ['Xeon-8480+', 56],
  ['Xeon-8592+', 64],
  ['EPYC-9654', 96],
  ['Core-i9-13900K', 32],
  ...sameCores(4, ['Raspberry-Pi-4', 'Raspberry-Pi-5']),
  ...sameCores(8, ['M1']),
  ...sameCores(10, ['M2', 'M3', 'M4']),
  ...sameCores(16, ['M1-Pro']),
  ...sameCores(18, ['M3-Pro']),
  ...sameCores(19, ['M2-Pro']),
  ...sameCores(20, ['M4-Pro']),
  ...sameCores(32, ['M1-Max']),
  ...sameCores(38, ['M2-Max']),
  ...sameCores(40, ['M3-Max', 'M4-Max']),
  ...sameCores(64, ['M1-Ultra']),
  ...sameCores(76, ['M2-Ultra']),
  ...sameCores(80, ['M3-Ultra']),
]);

/** A part's key, and the keys of other words for it than its own name gives. */
const ALIASES: ReadonlyMap<string, string> = readAliases(`
trainium: trainium1 trn1
trainium2: trn2
trainium3: trn3
inferentia: inferentia1 inf1
inferentia2: inf2
tpuv5e: v5e tpuv5litepod tpuv5lite tpuv5litepodslice
tpuv5p: v5p tpuv5pslice
tpuv6e: v6e tpuv6 trillium tputrillium tpuv6etrillium tpuv6eslice
tpuv7: tpu7x tpuv7x ironwood tpuironwood tpuv7ironwood
rtx2080ti: 2080ti
rtx3060: 3060
rtx3070: 3070
rtx3080: 3080
rtx3080ti: 3080ti
rtx3090: 3090
rtx3090ti: 3090ti
rtx4060ti: 4060ti
rtx4070: 4070
rtx4070ti: 4070ti
rtx4080: 4080
rtx4090: 4090
rtx5080: 5080
rtx5090: 5090
rtx6000: rtx6000turing
rtx6000ada: 6000ada
rtxpro6000: blackwellrtx6000 rtx6000pro rtxpro6000blackwell rtxpro6000wk
rx7900xtx: 7900xtx
a4000: rtxa4000
a5000: rtxa5000
a6000: rtxa6000
l40s: l40samd l40sintel
b300: b300ac
gb10: spark
arcprob60: b60
ascend910b: 910b ascend910b2 ascend910b3
ascend910c: 910c
coral: coraltpu
jetsonorinnano: orinnano
jetsonorinnx: orinnx
jetsonagxorin: agxorin
jetsonagxthor: agxthor jetsonthor jetsonagxthort5000
raspberrypi4: raspberrypi4b rpi4
raspberrypi5: rpi5
xeon8480+: sapphirerapids xeon8480 xeon8480c xeon8481c
xeon8592+: emeraldrapids xeon8592
epyc9654: genoa epycgenoa epyc9654genoa
`);

type Wanted = {
  readonly key: string;
  readonly form: Form;
  readonly memoryGib: number | null;
  readonly cores: number | null;
};

type Form = 'sxm' | 'pcie' | 'nvl' | 'workstation' | null;

/**
 * The part that a person, a price list or a paper means: by the registry's name, the catalog's or
 * a spelling of the same form (`A100-80GB SXM (Selene)`, `RTX A6000 48GB`, `TPU v6e`). The memory
 * that the name states wins over the registry's, up to half more than the part is sold with; so do
 * the cores of processors and Apple's chips, which scale the arithmetic. The name of what is found
 * finds the same again. Undefined where no part is meant, or several are.
 */
export function findAccelerator(name: string): AcceleratorFacts | undefined {
  if (name.length > 200 || /[/]| vs |\bmix\b/.test(name)) return undefined;
  const wanted = readName(name);
  const alike = rowsByKey().get(ALIASES.get(wanted.key) ?? wanted.key);
  return alike === undefined ? undefined : adapted(chosen(alike, wanted), wanted);
}

let byKey: ReadonlyMap<string, readonly RegistryRow[]> | undefined;

function rowsByKey(): ReadonlyMap<string, readonly RegistryRow[]> {
  byKey ??= Map.groupBy(registryRows(), ({ facts }) => readName(facts.name).key);
  return byKey;
}

const MEMORY = /(?<![a-z\d.])(\d+(?:\.\d+)?) ?(?:gib|gb|g)\b/g;
const CORE_COUNT = /(\d+)[ -]?(?:cores?|threads?|vcpus?)\b/;
/** Words that tell makers, boards, memories and packages, and no part apart. */
const NOISE: ReadonlySet<string> = new Set(
  `nvidia amd apple intel google aws amazon huawei habana cloud tesla geforce quadro radeon instinct
  hgx dgx gpu gpus cpu chip chips board dev kit edge unified server edition generation hbm2 hbm2e
  hbm3 hbm3e platinum gcp oam se high freq core`.split(/\s+/),
);

function readName(name: string): Wanted {
  const plain = name
    .toLowerCase()
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[_\s]+/g, ' ')
    .replace(/\b(sxm\d?|pcie|nvlink) (\d+)$/, '$1 $2gb');
  const memory = [...plain.matchAll(MEMORY)].at(-1)?.[1];
  const cores = CORE_COUNT.exec(plain)?.[1];
  const key = plain
    .replace(/\([^)]*\)/g, ' ')
    .replace(MEMORY, ' ')
    .replace(CORE_COUNT, ' ')
    .replace(/\bc3-\S+|\bddr\d\S*|\b(?:sxm\d?|pcie|nvl\d*|nvlink|workstation|we)\b/g, ' ')
    .replace(/\bedge tpu\b/, ' ')
    .split(/[ -]+/)
    .filter((word) => !NOISE.has(word))
    .join('')
    .replace(/[^a-z0-9+]/g, '');
  return {
    key,
    form: formOf(plain),
    memoryGib: memory === undefined ? null : Number(memory),
    cores: cores === undefined ? null : Number(cores),
  };
}

function formOf(plain: string): Form {
  if (/\bsxm\d?\b/.test(plain)) return 'sxm';
  if (/\bpcie\b/.test(plain)) return 'pcie';
  if (/\bnvl\b/.test(plain)) return 'nvl';
  return /\b(?:workstation|we)\b/.test(plain) ? 'workstation' : null;
}

/**
 * Of the parts of one key: those of the form (of any, where none is told and the memory is that of
 * another), then the one whose memory is the closest.
 */
function chosen(alike: readonly RegistryRow[], wanted: Wanted): RegistryRow {
  const form = wanted.form === 'sxm' ? null : wanted.form;
  const formed = alike.filter(({ facts }) => readName(facts.name).form === form);
  const { memoryGib } = wanted;
  const isSold = ({ memorySizes }: RegistryRow): boolean => memorySizes.includes(memoryGib ?? 0);
  const isTold = wanted.form !== null || memoryGib === null || formed.some(isSold);
  const rows = formed.length > 0 && isTold ? formed : alike;
  if (memoryGib === null || memoryGib > largest(rows)) return rows[0]!;
  const distance = ({ memorySizes }: RegistryRow): number =>
    Math.min(...memorySizes.map((size) => Math.abs(size - memoryGib)));
  return rows.toSorted((one, other) => distance(one) - distance(other))[0]!;
}

/** Half more than parts are sold with; a name that states more speaks of the machine's memory. */
function largest(rows: readonly RegistryRow[]): number {
  return 1.5 * Math.max(...rows.flatMap(({ memorySizes }) => memorySizes));
}

function adapted(row: RegistryRow, { memoryGib, cores }: Wanted): AcceleratorFacts {
  const { facts } = row;
  const isOther =
    memoryGib !== null && memoryGib !== facts.memoryGib && memoryGib <= largest([row]);
  const sized = isOther ? { ...facts, memoryGib, name: `${facts.name} ${memoryGib}GB` } : facts;
  const whole = CORES.get(facts.name);
  if (whole === undefined || cores === null || cores >= whole) return sized;
  const peak = Object.fromEntries(
    Object.entries(facts.peak).map(([format, flops]) => [format, (flops * cores) / whole]),
  ) as AcceleratorFacts['peak'];
  return { ...sized, peak, name: `${sized.name} (${cores} cores)` };
}

function sameCores(cores: number, names: readonly string[]): [string, number][] {
  return names.map((name) => [name, cores]);
}

function readAliases(table: string): Map<string, string> {
  const lines = table.trim().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [key, words] = line.split(': ') as [string, string];
      return words.split(' ').map((word): [string, string] => [word, key]);
    }),
  );
}
