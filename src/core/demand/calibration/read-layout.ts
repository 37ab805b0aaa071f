import type { MeasuredLayout } from './measurement.ts';
import { type MeasurementRow, numberIn } from './measurement-row.ts';

const UNKNOWN: MeasuredLayout = {
  tensorParallel: null,
  pipelineParallel: null,
  virtualStages: null,
  contextParallel: null,
  expertParallel: null,
  dataParallel: null,
  sequenceParallel: null,
  zeroStage: null,
  recompute: null,
};

type Degrees = {
  readonly tensor: number | null;
  readonly pipeline: number | null;
  readonly context: number | null;
  readonly data: number | null;
  readonly expert: number | null;
};

/**
 * The layout that `parallelism` and the notes state: `TP8 PP12 DP4 ZeRO-1`, `TP=8 DP=64`,
 * `TP1+PP2+CP1+VP4+EP32`, `FSDP FULL_SHARD; act ckpt True`, `TP4 PP1 aDP4 moeTP1 EP16`, `DDP`,
 * `layer split` (llama.cpp gives each device some of the layers). Where one degree is stated, the
 * others are 1 and the data parallel one is what is left of the devices; where none is, and there
 * are several devices, all are null. Degrees over the cores of devices that have several (Neuron)
 * are counted in devices.
 */
export function readLayout(
  row: Pick<MeasurementRow, 'parallelism' | 'arch_notes'>,
  devices: number,
): MeasuredLayout {
  const text = row.parallelism;
  const stated = {
    sequenceParallel: sequenceParallelOf(text),
    zeroStage: devices === 1 ? 0 : zeroStageOf(text),
    recompute: recomputeOf(text) ?? recomputeOf(row.arch_notes),
  };
  const degrees = degreesOf(text, devices);
  if (degrees === null) return { ...UNKNOWN, ...stated };
  return { ...stated, ...inDevices(degrees, devices), virtualStages: virtualStagesOf(text) };
}

/**
 * Null where nothing is stated of how several devices share the work. What stands in brackets is
 * said of some of the runs (`ZeRO-1 (+TP2 large)`).
 */
function degreesOf(cell: string, devices: number): Degrees | null {
  const text = cell.replace(/\([^)]*\)/g, ' ');
  const degrees: Degrees = {
    tensor: degree(text, 'TP'),
    pipeline: degree(text, 'PP'),
    context: degree(text, 'CP'),
    data: degree(text, '(?:a|FS|HS|D)?DP') ?? coresInParallel(cell),
    expert: degree(text, 'EP'),
  };
  if (Object.values(degrees).some((value) => value !== null)) return degrees;
  const none: Degrees = { tensor: 1, pipeline: 1, context: 1, data: devices, expert: 1 };
  if (devices === 1) return none;
  if (/\blayer split\b/i.test(text)) return { ...none, pipeline: devices, data: 1 };
  return /^\W*(?:DDP|DP|data[ -]parallel|FSDP|HSDP|(?:FSDP|DDP)\/(?:HSDP|DP|FSDP)|ZeRO-?\d)\b(?!\/TP)/i.test(
    text,
  )
    ? none
    : null;
}

function degree(text: string, name: string): number | null {
  return numberIn(text, new RegExp(`(?<![A-Za-z])${name}\\s*=?\\s*(\\d+)`));
}

/** `[32xNC(DP)] x 16Nodes(DP)`: copies on the cores of so many machines. */
function coresInParallel(text: string): number | null {
  const cores = numberIn(text, /\[(\d+)\s*xNC\(DP\)\]/);
  if (cores === null) return null;
  return cores * (numberIn(text, /x\s*(\d+)\s*Nodes\(DP\)/i) ?? 1);
}

function virtualStagesOf(text: string): number {
  return degree(text, '(?:VP|VPP|int)') ?? 1;
}

/** The degrees in devices: cores of one device count once, along tensors first. */
function inDevices(degrees: Degrees, devices: number) {
  const tensor = degrees.tensor ?? 1;
  const pipeline = degrees.pipeline ?? 1;
  const context = degrees.context ?? 1;
  const left = devices / (tensor * pipeline * context);
  const data = degrees.data ?? (Number.isInteger(left) ? left : 1);
  const cores = (tensor * pipeline * context * data) / devices;
  const several = cores > 1 && Number.isInteger(cores) ? cores : 1;
  const isTensor = tensor % several === 0;
  return {
    tensorParallel: isTensor ? tensor / several : tensor,
    pipelineParallel: pipeline,
    contextParallel: context,
    expertParallel: degrees.expert ?? 1,
    dataParallel: isTensor || data % several !== 0 ? data : data / several,
  };
}

function sequenceParallelOf(text: string): boolean | null {
  if (/\bno SP\b/i.test(text)) return false;
  return /(?<![A-Za-z])SP\b|\bsequence[ -]parallel/i.test(text) ? true : null;
}

/** ZeRO (Rajbhandari et al., arXiv:1910.02054), PyTorch's FSDP and Megatron's names for a stage. */
function zeroStageOf(text: string): 0 | 1 | 2 | 3 | null {
  const stage = numberIn(text, /\bZeRO[ -]?([123])\b/i);
  if (stage !== null) return stage as 1 | 2 | 3;
  if (/SHARD_GRAD_OP|\bPos\+g\b(?!\+p)/.test(text)) return 2;
  if (/NO_SHARD/.test(text)) return 0;
  if (/FULL_SHARD|HYBRID_SHARD|Pos\+g\+p/.test(text)) return 3;
  if (/\bPos\b|distributed optimizer/i.test(text)) return 1;
  if (/\b[FH]SDP\d*\b(?!\/(?:DP|DDP|TP)\b)(?<!\/FSDP)/.test(text)) return 3;
  return /^DDP$|^data[ -]parallel$|^DP$/i.test(text.trim()) ? 0 : null;
}

function recomputeOf(text: string): 'none' | 'selective' | 'full' | null {
  const checkpoints =
    /\b(?:act(?:ivation)?[ _]?(?:ckpt|checkpointing)|recompute)[ :=]+(true|false|none|full)\b/i;
  const flag = checkpoints.exec(text)?.[1]?.toLowerCase();
  if (flag !== undefined) return flag === 'true' || flag === 'full' ? 'full' : 'none';
  if (/\bno (?:activation )?recompute/i.test(text)) return 'none';
  if (/\bselective\b/i.test(text)) return 'selective';
  return /\bfull (?:activation )?(?:recompute|checkpointing)/i.test(text) ? 'full' : null;
}
