import { join } from 'node:path';
import { KedgeHome } from '../test/io/kedge-home.ts';
import { type Figure, figureOf } from './figure.ts';
import { median } from './statistics.ts';

const TASK = join(import.meta.dirname, '..', 'examples', 'digits', 'task.yaml');
const ROUNDS = 3;
const MS_PER_S = 1000;

/** From a new installation to a trained network: `kedge up` of the digits, its server included. */
export async function benchUp(machine: string): Promise<Figure[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await upSeconds());
  return [figureOf('up.wall', seconds, median, machine)];
}

async function upSeconds(): Promise<number> {
  const home = new KedgeHome();
  try {
    const before = performance.now();
    const { code, stderr } = await home.run(['up', TASK]);
    const after = performance.now();
    if (code === 0) return (after - before) / MS_PER_S;
    throw new Error(`kedge up ended with ${code}: ${stderr}`);
  } finally {
    home.close();
  }
}
