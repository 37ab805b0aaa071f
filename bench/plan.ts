import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, figureOf } from './figure.ts';
import type { FigureName } from './limits.ts';
import { type Command, peakMib, wallMs } from './measure-command.ts';
import { packProduct } from './packed-product.ts';
import { SKYPILOT_VERSION, skypilotCommand, writeSkyCatalogs } from './peers/skypilot.ts';
import { median, p95, ratios } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const PLAN = ['plan', join(import.meta.dirname, 'tasks', 'h100.yaml')];
/** The same task, as the peer is asked for it. */
const ACCELERATORS = 'H100:8';
const ROUNDS = 15;
const ROUNDS_WARM_UP = 2;
const ROUNDS_FIRST = 5;
const ROUNDS_MEMORY = 3;
/** SkyPilot takes seconds: it runs in every third round. */
const PEER_EVERY = 3;

type Measured = (
  name: FigureName,
  values: readonly number[],
  statistic?: (values: readonly number[]) => number,
) => Figure;

/**
 * `kedge plan` of an `H100:8` task over the whole bundled catalog, each time in a new process:
 * the sources and the packed build, in turns with a bare Node and with SkyPilot.
 */
export async function benchPlan(machine: string): Promise<Figure[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'kedge-bench-'));
  const measured: Measured = (name, values, statistic = median) =>
    figureOf(name, values, statistic, machine);
  try {
    const sources = kedge(join(ROOT, 'bin', 'kedge.js'), scratch);
    const packed = kedge(packProduct(scratch), scratch);
    const node = command(process.execPath, ['-e', '0'], scratch);
    const peer = await peerCommand(scratch);
    for (let round = 0; round < ROUNDS_WARM_UP; round++) await inTurns([sources, packed, node]);
    if (peer !== null) await wallMs(peer);
    return [
      ...(await warmFigures({ sources, packed, node, peer }, measured)),
      ...(await firstFigures({ sources, packed, scratch }, measured)),
      ...(await memoryFigures({ sources, packed }, measured)),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function warmFigures(
  commands: {
    readonly sources: Command;
    readonly packed: Command;
    readonly node: Command;
    readonly peer: Command | null;
  },
  measured: Measured,
): Promise<Figure[]> {
  const { sources, packed, node, peer } = commands;
  const [kedges, packs, nodes]: [number[], number[], number[]] = [[], [], []];
  const [peers, besides]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const [kedgeMs, packedMs, nodeMs] = await inTurns([sources, packed, node]);
    kedges.push(kedgeMs!);
    packs.push(packedMs!);
    nodes.push(nodeMs!);
    if (peer === null || round % PEER_EVERY !== 0) continue;
    peers.push(await wallMs(peer));
    besides.push(kedgeMs!);
  }
  const figures = [
    measured('plan.median', kedges),
    measured('plan.p95', kedges, p95),
    measured('plan.packed.median', packs),
    measured('plan.packed.p95', packs, p95),
    measured('plan.node', nodes),
    measured('plan.vs-node', ratios(kedges, nodes)),
  ];
  if (peer === null) return figures;
  const beside = ratios(besides, peers);
  return [...figures, measured('plan.skypilot', peers), measured('plan.vs-skypilot', beside)];
}

/** Each run as after an installation: an empty compile cache, and no home. */
async function firstFigures(
  { sources, packed, scratch }: Record<'sources' | 'packed', Command> & { scratch: string },
  measured: Measured,
): Promise<Figure[]> {
  const [kedges, packs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS_FIRST; round++) {
    const fresh = (one: Command): Command => {
      const dir = mkdtempSync(join(scratch, 'first-'));
      return { ...one, env: environment(dir) };
    };
    const [kedgeMs, packedMs] = await inTurns([fresh(sources), fresh(packed)]);
    kedges.push(kedgeMs!);
    packs.push(packedMs!);
  }
  return [measured('plan.first', kedges), measured('plan.packed.first', packs)];
}

async function memoryFigures(
  { sources, packed }: Record<'sources' | 'packed', Command>,
  measured: Measured,
): Promise<Figure[]> {
  const [kedges, packs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS_MEMORY; round++) {
    kedges.push(await peakMib(sources));
    packs.push(await peakMib(packed));
  }
  const largest = (values: readonly number[]) => Math.max(...values);
  return [measured('plan.rss', kedges, largest), measured('plan.packed.rss', packs, largest)];
}

/** One run of each, so that what else the machine does falls on all of them. */
async function inTurns(commands: readonly Command[]): Promise<number[]> {
  const times: number[] = [];
  for (const one of commands) times.push(await wallMs(one));
  return times;
}

function kedge(bin: string, scratch: string): Command {
  return command(process.execPath, [bin, ...PLAN], scratch);
}

function command(file: string, args: readonly string[], scratch: string): Command {
  return { file, args, cwd: scratch, env: environment(scratch) };
}

function environment(dir: string): Readonly<Record<string, string>> {
  return { KEDGE_HOME: join(dir, 'home'), NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
}

async function peerCommand(scratch: string): Promise<Command | null> {
  const peer = skypilotCommand([ACCELERATORS]);
  if (peer === null) {
    const hint = 'not installed here; `npm run bench:peers` makes it';
    process.stderr.write(`skipped beside SkyPilot ${SKYPILOT_VERSION}: ${hint}\n`);
    return null;
  }
  await writeSkyCatalogs();
  return { ...peer, cwd: scratch };
}
