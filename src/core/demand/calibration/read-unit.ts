import { type MeasurementRow, numberIn } from './measurement-row.ts';

type Cells = Pick<MeasurementRow, 'reported_metric' | 'unit' | 'value'>;

const SECONDS: { readonly [unit: string]: number } = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  seconds: 1,
  min: 60,
  minutes: 60,
  h: 3600,
  hours: 3600,
  d: 86_400,
  days: 86_400,
};

/** A time in seconds, by the first word of `unit`, else by the end of the metric's name. */
export function secondsOf(row: Cells): number | null {
  const unit = /^[a-z]+/i.exec(row.unit)?.[0]?.toLowerCase() ?? '';
  const ending = /_(ms|us|s|min|h|hours|minutes|days)(?:_|$)/.exec(row.reported_metric)?.[1];
  const scale = SECONDS[unit] ?? SECONDS[ending ?? ''];
  return scale === undefined ? null : Number(row.value) * scale;
}

/**
 * Bytes. GiB and MiB are binary. GB of what was measured on a device are so too, since the tools
 * that print it (nvidia-smi, PyTorch's allocator) divide by 2³⁰; GB of what a formula gives
 * (`model_state_GB_per_gpu`, ZeRO's tables: 16 B × 7.5e9 = 120 GB) are 10⁹.
 */
export function bytesOf(row: Cells): number | null {
  const unit = /^(bytes|[kMGT]i?B)/.exec(row.unit)?.[1];
  if (unit === undefined) return null;
  if (unit === 'bytes') return Number(row.value);
  const power = 'kMGT'.indexOf(unit[0]!) + 1;
  const isDecimal = unit.length === 2 && /state/.test(row.reported_metric);
  return Number(row.value) * (isDecimal ? 1000 : 1024) ** power;
}

/** FLOP/s of one device. */
export function flopsOf(row: Cells): number | null {
  const scale = { G: 1e9, T: 1e12, P: 1e15 }[/^([GTP])FLOP/i.exec(row.unit)?.[1] ?? ''];
  return scale === undefined ? null : Number(row.value) * scale;
}

/**
 * A rate of all devices. It is of one device where the unit ends in one (`tok/s/GPU`,
 * `tok/s/chip`, `tok/s/V100`) or the metric in `_per_gpu`; null where the unit calls its own basis
 * unclear.
 */
export function rateOf(row: Cells, devices: number): number | null {
  if (/unclear/i.test(row.unit)) return null;
  const scale = /^([kM])[a-z]*\/s/.exec(row.unit)?.[1];
  const value = Number(row.value) * (scale === 'k' ? 1e3 : scale === 'M' ? 1e6 : 1);
  const isOfOne =
    /\/s(?:ec)?\/[A-Za-z]/.test(row.unit) ||
    /_per_(?:gpu|device|chip|accelerator|card)\b/.test(row.reported_metric);
  return isOfOne && !/total/i.test(row.unit) ? value * devices : value;
}

/** Device-hours that are told as such (`A100-h`), and those of a time on so many devices. */
export function deviceHoursOf(row: Cells, devices: number): number | null {
  const told = /^(?:gpu|device|chip|tpu)_(hours|days)/.exec(row.reported_metric)?.[1];
  if (told === 'days') return Number(row.value) * 24;
  if (told === 'hours' || /-h(?:ours)?$/i.test(row.unit)) return Number(row.value);
  const seconds = secondsOf(row);
  return seconds === null ? null : (seconds / 3600) * devices;
}

/** Above zero and finite; null for what is no such number. */
export function positiveValue(row: Cells): number | null {
  return numberIn(row.value.trim(), /^([\d.]+(?:e[+-]?\d+)?)$/i);
}
