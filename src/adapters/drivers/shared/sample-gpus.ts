import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MIB } from '../../../base/units.ts';
import type { GpuSample } from '../../../spec/sample.ts';
import { findProgram } from './find-program.ts';

/** One device of this machine, and who uses it as far as its tool tells pids. */
export type DeviceUse = GpuSample & { readonly memoryByPid: ReadonlyMap<number, number> | null };

type Tool = {
  readonly program: string;
  readonly calls: readonly (readonly string[])[];
  readonly parse: (outputs: readonly string[]) => readonly DeviceUse[];
};

const CSV = '--format=csv,noheader,nounits';
const ANSWER_MS_MAX = 2000;
/** The tools take a tenth of a second and more: one answer serves all nodes of a machine. */
const FRESH_MS = 1500;

/** The first of them that is there is asked. */
const TOOLS: readonly Tool[] = [
  {
    program: 'nvidia-smi',
    calls: [
      ['--query-gpu=index,uuid,utilization.gpu,memory.used', CSV],
      ['--query-compute-apps=gpu_uuid,pid,used_gpu_memory', CSV],
    ],
    parse: ([devices = '', apps = '']) => parseNvidia(devices, apps),
  },
  {
    program: 'rocm-smi',
    calls: [['--showuse', '--showmeminfo', 'vram', '--json']],
    parse: ([devices = '']) => parseRocm(devices),
  },
  {
    program: 'xpu-smi',
    calls: [['dump', '-d', '-1', '-m', '0,18', '-n', '1']],
    parse: ([devices = '']) => parseXpu(devices),
  },
];

/** Asks the tool of this machine's devices, where there is one, at most once in a while. */
export class GpuWatch {
  readonly #path: string | undefined;
  #at = Number.NEGATIVE_INFINITY;
  #devices: Promise<readonly DeviceUse[]> = Promise.resolve([]);

  constructor(path: string | undefined) {
    this.#path = path;
  }

  devices(now: number): Promise<readonly DeviceUse[]> {
    if (Math.abs(now - this.#at) >= FRESH_MS) {
      this.#at = now;
      this.#devices = askTool(this.#path);
    }
    return this.#devices;
  }
}

/**
 * What of a machine's devices is a node's: those that its processes use. Where the tool tells no
 * pids, all of them. A node that uses none is said to leave the first one idle.
 */
export function gpusOf(devices: readonly DeviceUse[], pids: ReadonlySet<number>): GpuSample[] {
  const used = devices.flatMap(({ index, utilization, memoryBytes, memoryByPid }): GpuSample[] => {
    if (memoryByPid === null) return [{ index, utilization, memoryBytes }];
    const own = [...memoryByPid].filter(([pid]) => pids.has(pid));
    const bytes = own.reduce((sum, [, memory]) => sum + memory, 0);
    return own.length === 0 ? [] : [{ index, utilization, memoryBytes: bytes }];
  });
  const [first] = devices;
  if (used.length > 0 || first === undefined) return used;
  return [{ index: first.index, utilization: 0, memoryBytes: 0 }];
}

async function askTool(path: string | undefined): Promise<readonly DeviceUse[]> {
  for (const { program, calls, parse } of TOOLS) {
    const found = findProgram(program, path);
    if (found === null) continue;
    try {
      const options = { timeout: ANSWER_MS_MAX, killSignal: 'SIGKILL' } as const;
      const answers = await Promise.all(
        calls.map((args) => promisify(execFile)(found, args, options)),
      );
      return parse(answers.map(({ stdout }) => stdout));
    } catch {
      // No driver, or one that hangs.
      return [];
    }
  }
  return [];
}

/**
 * Lines such as `0, GPU-5d…, 97, 61234`, and `GPU-5d…, 4711, 61000`: percent and MiB, `[N/A]`
 * where not told. Source: nvidia-smi(1), --help-query-gpu and --help-query-compute-apps.
 */
export function parseNvidia(devices: string, apps: string): readonly DeviceUse[] {
  const uses = rows(apps).flatMap(([uuid, pid, mib]) =>
    mib === undefined ? [] : [{ uuid, pid: Number(pid), bytes: (told(mib) ?? 0) * MIB }],
  );
  return rows(devices).flatMap(([index, uuid, percent, mib]) => {
    if (mib === undefined) return [];
    const own = uses.filter((use) => use.uuid === uuid);
    const memoryByPid = new Map<number, number>();
    for (const { pid, bytes } of own) memoryByPid.set(pid, (memoryByPid.get(pid) ?? 0) + bytes);
    return [{ ...deviceOf(index, { percent, mib }), memoryByPid }];
  });
}

/**
 * `{"card0": {"GPU use (%)": "12", "VRAM Total Used Memory (B)": "1073741824", …}, …}`, on which
 * `system` may follow. Source: ROCm documentation, rocm-smi, --json.
 */
export function parseRocm(json: string): readonly DeviceUse[] {
  const cards = Object.entries(JSON.parse(json) as Record<string, Record<string, unknown>>);
  return cards.flatMap(([name, card]) => {
    const index = /^card(\d+)$/.exec(name)?.[1];
    if (index === undefined) return [];
    const bytes = told(card['VRAM Total Used Memory (B)']);
    const percent = told(card['GPU use (%)']);
    const mib = bytes === null ? undefined : bytes / MIB;
    return [{ ...deviceOf(index, { percent, mib }), memoryByPid: null }];
  });
}

/**
 * Lines such as `20:06:17.218,    0, 97.10, 78.17` below a heading: percent and MiB, `N/A` where
 * not told. Source: Intel XPU Manager, xpu-smi dump, metrics 0 and 18.
 */
export function parseXpu(csv: string): readonly DeviceUse[] {
  return rows(csv).flatMap(([, index = '', percent, mib]) => {
    if (!/^\d+$/.test(index)) return [];
    return [{ ...deviceOf(index, { percent, mib }), memoryByPid: null }];
  });
}

function deviceOf(
  index: string | undefined,
  { percent, mib }: { readonly percent: unknown; readonly mib: unknown },
): GpuSample {
  const busy = told(percent);
  const used = told(mib);
  return {
    index: Number(index),
    utilization: busy === null ? null : Math.min(1, busy / 100),
    memoryBytes: used === null ? null : Math.round(used * MIB),
  };
}

function rows(csv: string): readonly string[][] {
  const lines = csv.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(',').map((field) => field.trim()));
}

function told(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
