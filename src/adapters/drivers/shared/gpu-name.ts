const MAKERS = /^(?:NVIDIA|Tesla|GeForce|Quadro)$/i;
/** What tells how a device is built in, or how much memory it has, not which one it is. */
const FORMS = /^(?:SXM\d*|PCIE|NVL\d*|HBM\w*|CG\d|MIG|\d+\s?GB|Generation)$/i;

/**
 * The devices that catalogs sell in two sizes of memory: from so many GiB on the larger one.
 * Source: NVIDIA datasheets (A100 40 and 80 GB, V100 16 and 32 GB).
 */
const SIZES: Readonly<Record<string, { readonly fromGib: number; readonly suffix: string }>> = {
  A100: { fromGib: 60, suffix: '-80GB' },
  V100: { fromGib: 24, suffix: '-32GB' },
};

/** Devices whose slower forms are sold under names of their own. Source: NVIDIA datasheets. */
const NAMED_FORMS: Readonly<Record<string, readonly string[]>> = {
  H100: ['PCIe', 'NVL'],
  H200: ['NVL'],
};

/**
 * The catalog's name (SkyPilot's, as `A100-80GB`, `RTX4090`) of a device as `nvidia-smi` names it
 * (`NVIDIA A100-SXM4-80GB`, `NVIDIA GeForce RTX 4090`).
 */
export function gpuName(product: string, memoryGib: number | null): string {
  const words = product.split(/[\s-]+/).filter((word) => !MAKERS.test(word) && !FORMS.test(word));
  const isAda = words.at(-1) === 'Ada';
  const name = (isAda ? words.slice(0, -1) : words).join('') + (isAda ? '-Ada' : '');
  const form = NAMED_FORMS[name]?.find((one) => new RegExp(`\\b${one}\\b`, 'i').test(product));
  if (form !== undefined) return `${name}-${form}`;
  const size = SIZES[name];
  return size && memoryGib !== null && memoryGib >= size.fromGib ? name + size.suffix : name;
}
