import type { Precision } from '../../../spec/task.ts';

/** What one device can do, of the figures without sparsity. */
export type AcceleratorFacts = {
  /** A name of the catalog (`ACCELERATORS` in core/catalog; a test holds the two together). */
  readonly name: string;
  readonly generation: Generation;
  readonly memoryGib: number;
  readonly memoryBytesPerS: number;
  /** FLOP/s by the number format of the operands; 0 where the device does not have it. */
  readonly peak: { readonly [format in Format]: number };
  /** To the other devices of its machine (or slice), one direction. */
  readonly linkBytesPerS: number;
  /** To devices of other machines, one direction, each device's share. */
  readonly networkBytesPerS: number;
  /** Devices that the fast links join. */
  readonly domain: number;
};

/** Devices that reach about the same share of their peak. */
export type Generation = (typeof GENERATIONS)[number];

export type Format = 'fp32' | 'tf32' | 'bf16' | 'fp16' | 'fp8' | 'int8';

const GENERATIONS = [
  ...(['pascal', 'volta', 'turing', 'ampere', 'ampere-small', 'ada', 'hopper'] as const),
  ...(['blackwell', 'blackwell-small', 'cdna3', 'cdna4', 'gaudi', 'neuron'] as const),
  ...(['tpu', 'tpu-v6'] as const),
] as const;

const TERA = 1e12;
const GIGA = 1e9;

/**
 * name, generation, GiB, memory GB/s, TFLOP/s of fp32 tf32 bf16 fp16 fp8 int8, GB/s to its
 * neighbours and to other machines, devices joined. All without sparsity; GeForce and RTX cards
 * with fp32 accumulation. Of a name that covers several form factors, the SXM one.
 *
 * Sources: the makers' data sheets and white papers (NVIDIA P100, V100, T4, A10, A16, A30, A40,
 * A100, H100, H200, L4, L40, L40S, GA102, Ada, RTX Blackwell; AMD MI300X to MI355X; Intel Gaudi 2
 * and 3); cloud.google.com/tpu/docs for TPUs (v2, v3: Jouppi et al., CACM 2020); the AWS Neuron
 * SDK's architecture pages; github.com/stas00/ml-engineering and
 * github.com/ai-dynamo/aiconfigurator (systems/*.yaml) for what sheets leave out. A TPU's link
 * rate is half of the sheet's bidirectional total. The network column is what the machines of the
 * large clouds have: 3,200 Gbit/s for eight H100, 1,600 for eight A100-80GB, 400 for eight A100,
 * 100 for eight of the small ones, 10 for one at home.
 */
const TABLE = `
P100          pascal          16  732   10.6 0    0      21.2   0      0      80   1.5  4
V100          volta           16  900   15.7 0    0      125    0      0      150  1.5  8
V100-32GB     volta           32  900   15.7 0    0      125    0      0      150  12.5 8
V100S         volta           32  1134  16.4 0    0      130    0      0      15.7 1.5  8
T4            turing          16  320   8.1  0    0      65     0      130    15.7 1.5  8
T4g           turing          16  320   8.1  0    0      65     0      130    15.7 1.5  2
A10           ampere-small    24  600   31.2 62.5 125    125    0      250    31.5 1.5  8
A10G          ampere-small    24  600   35   35   70     70     0      140    31.5 1.5  8
A16           ampere-small    16  200   4.5  9    17.9   17.9   0      35.9   7.9  1.5  8
A30           ampere-small    24  933   10.3 82   165    165    0      330    31.5 1.5  8
A40           ampere-small    48  696   37.4 74.8 149.7  149.7  0      299.3  31.5 1.5  8
A4000         ampere-small    16  448   19.2 38.3 76.7   76.7   0      153.4  31.5 1.25 8
A5000         ampere-small    24  768   27.8 55.6 111.1  111.1  0      222.2  31.5 1.25 8
A6000         ampere-small    48  768   38.7 77.4 154.8  154.8  0      309.7  31.5 1.25 8
RTX3090       ampere-small    24  936   35.6 35.6 71     71     0      284    15.7 1.25 8
A100          ampere          40  1555  19.5 156  312    312    0      624    300  6.25 8
A100-80GB     ampere          80  2039  19.5 156  312    312    0      624    300  25   8
A800          ampere          80  2039  19.5 156  312    312    0      624    200  25   8
L4            ada             24  300   30.3 60   121    121    242    242    31.5 1.5  8
L40           ada             48  864   90.5 90.5 181.05 181.05 362    362    31.5 1.5  8
L40S          ada             48  864   91.6 183  362.05 362.05 733    733    31.5 6.25 8
RTX4090       ada             24  1008  82.6 82.6 165.2  165.2  330.3  660.6  15.7 1.25 8
RTX6000-Ada   ada             48  960   91.1 182  364.2  364.2  728.5  728.5  31.5 1.25 8
H100          hopper          80  3350  67   495  989.4  989.4  1978.9 1978.9 450  50   8
H100-MEGA     hopper          80  3350  67   495  989.4  989.4  1978.9 1978.9 450  50   8
H100-PCIe     hopper          80  2000  51   378  756.5  756.5  1513   1513   63   12.5 8
H100-NVL      hopper          94  3900  60   418  835.5  835.5  1670.5 1670.5 300  12.5 2
H200          hopper          141 4800  67   495  989.4  989.4  1978.9 1978.9 450  50   8
H200-NVL      hopper          141 4800  60   418  835.5  835.5  1670.5 1670.5 450  12.5 4
GH200         hopper          96  4000  67   495  989.4  989.4  1978.9 1978.9 50   50   1
B200          blackwell       180 7700  75   1125 2250   2250   4500   4500   900  50   8
B300          blackwell       288 7750  75   1125 2250   2250   4500   153.5  900  100  8
GB200         blackwell       186 8000  80   1250 2500   2500   5000   5000   900  50   64
GB300         blackwell       288 8000  80   1250 2500   2500   5000   165    900  100  64
RTX5090       blackwell-small 32  1792  105  105  209.5  209.5  419    838    31.5 1.25 8
RTXPRO6000    blackwell-small 96  1597  117  234  467.8  467.8  935.6  935.6  63   6.25 8
MI300X        cdna3           192 5300  163  654  1307.4 1307.4 2614.9 2614.9 448  50   8
MI325X        cdna3           256 6000  163  654  1307.4 1307.4 2614.9 2614.9 448  50   8
MI350X        cdna4           288 8000  144  0    2306.9 2306.9 4613.7 4613.7 535  50   8
MI355X        cdna4           288 8000  157  0    2516.6 2516.6 5033.2 5033.2 535  50   8
Gaudi2        gaudi           96  2460  0    0    432    0      865    0      262  37.5 8
Gaudi3        gaudi           128 3700  229  0    1677   459    1677   0      525  75   8
Inferentia2   neuron          32  820   47.5 190  190    190    190    380    96   1.5  12
Trainium      neuron          32  820   47.5 190  190    190    190    380    192  6.25 16
Trainium2     neuron          96  2900  181  667  667    667    1299   0      640  25   16
tpu-v2        tpu             16  700   0    0    46     0      0      0      124  124  256
tpu-v3        tpu             32  900   0    0    123    0      0      0      164  164  1024
tpu-v4        tpu             32  1200  0    0    275    0      0      275    150  150  1024
tpu-v5e       tpu             16  819   0    0    197    0      0      394    100  100  256
tpu-v5p       tpu             95  2765  0    0    459    0      0      918    300  300  1024
tpu-v6e       tpu-v6          32  1640  0    0    918    0      0      1836   200  200  256
`;

let facts: readonly AcceleratorFacts[] | undefined;

/** Every device of the table; read from the text when first asked for. */
export function acceleratorFacts(): readonly AcceleratorFacts[] {
  facts ??= TABLE.trim()
    .split('\n')
    .map((line) => readRow(line.split(/ +/)));
  return facts;
}

/**
 * The operand format that a device computes a precision in: its own where it has it, else the
 * next wider one; weights of 4 and 8 bits are widened to 16 for the arithmetic unless the device
 * multiplies fp8 or int8. Null where it has none, as a TPU v2 for fp32 in the table.
 */
export function computeFormat(device: AcceleratorFacts, precision: Precision): Format | null {
  return FALLBACKS[precision].find((format) => device.peak[format] > 0) ?? null;
}

const FALLBACKS: Readonly<Record<Precision, readonly Format[]>> = {
  fp32: ['fp32'],
  tf32: ['tf32', 'fp32'],
  bf16: ['bf16', 'fp16'],
  fp16: ['fp16', 'bf16'],
  fp8: ['fp8', 'bf16', 'fp16'],
  int8: ['int8', 'bf16', 'fp16'],
  int4: ['bf16', 'fp16'],
  nf4: ['bf16', 'fp16'],
};

function readRow([name, generation, ...cells]: readonly string[]): AcceleratorFacts {
  const numbers = cells.map(Number);
  const at = (column: number): number => numbers[column]!;
  return {
    name: name!,
    generation: generation as Generation,
    memoryGib: at(0),
    memoryBytesPerS: at(1) * GIGA,
    peak: {
      fp32: at(2) * TERA,
      tf32: at(3) * TERA,
      bf16: at(4) * TERA,
      fp16: at(5) * TERA,
      fp8: at(6) * TERA,
      int8: at(7) * TERA,
    },
    linkBytesPerS: at(8) * GIGA,
    networkBytesPerS: at(9) * GIGA,
    domain: at(10),
  };
}
