import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printProblem } from '../../src/spec/print-problem.ts';
import { readProblem } from '../../src/spec/read-problem.ts';
import { type Figure, figureOf } from '../figure.ts';
import { coverInstance } from '../instances/cover-instances.ts';
import { type Command, wallMs } from '../measure-command.ts';
import { median } from '../statistics.ts';

const ROUNDS = 15;
const ROUNDS_WARM_UP = 2;
/** 100,000 options. */
const SIZE = { tasks: 100, offers: 1000 } as const;
const SMALL = { tasks: 1, offers: 60 } as const;
const BIN = join(import.meta.dirname, '..', '..', 'bin', 'kedge.js');

/**
 * Stored problems: reading and printing one of 100,000 options; and `kedge solve` of a small one in
 * a new process, from the shell to the proof.
 */
export async function benchProblem(machine: string): Promise<Figure[]> {
  const large = coverInstance('tight', SIZE, { seed: 1 });
  const [reads, prints]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const text = printProblem(large);
    const printed = performance.now();
    readProblem(text, { file: 'problem.json' });
    prints.push(printed - started);
    reads.push(performance.now() - printed);
  }
  return [
    figureOf('problem.read', reads, median, machine),
    figureOf('problem.print', prints, median, machine),
    figureOf('problem.solve', await solveTimes(), median, machine),
  ];
}

async function solveTimes(): Promise<readonly number[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'kedge-bench-'));
  try {
    const file = join(scratch, 'problem.json');
    writeFileSync(file, printProblem(coverInstance('uncorrelated', SMALL, { seed: 1 })));
    const env = {
      KEDGE_HOME: join(scratch, 'home'),
      NODE_COMPILE_CACHE: join(scratch, 'compile-cache'),
    };
    const solve: Command = {
      file: process.execPath,
      args: [BIN, 'solve', file, '-o', 'json'],
      cwd: scratch,
      env,
    };
    for (let round = 0; round < ROUNDS_WARM_UP; round++) await wallMs(solve);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await wallMs(solve));
    return times;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
