import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTraces } from '../src/core/optimize/spot/read-traces.ts';
import { fitHazards, logLikelihood } from './spot/fit-hazards.ts';
import { firstHalf } from './spot/halves.ts';

const MODEL = join(import.meta.dirname, '..', 'src/core/optimize/spot/hazard-parameters.ts');
const TRACES = 'ts_spot_availability_traces.csv';

/**
 * Fits the hazards of spot on the first half of every trace of availability in a folder of price
 * data (`node tools/build-spot-model.ts ../shared/data/prices`) and writes them as source. The same
 * traces give the same file. On stderr: how well each trace is told by the others.
 */
function main(folder: string): void {
  const file = join(folder, TRACES);
  const halves = readTraces(TRACES, readFileSync(file, 'utf8')).map(firstHalf);
  for (const [index, left] of halves.entries()) {
    const others = fitHazards(halves.filter((_, other) => other !== index));
    const told = logLikelihood(others, left).toFixed(1);
    process.stderr.write(`${left.name}: log-likelihood ${told} by the others\n`);
  }
  const { agesMinutes, perHour, levels, persistenceH, foresightH } = fitHazards(halves);
  const list = (values: readonly number[]): string => `[${values.join(', ')}]`;
  writeFileSync(
    MODEL,
    `import type { HazardModel } from './hazard.ts';

/**
 * Fitted by tools/build-spot-model.ts on the first halves of ${halves.length} traces of spot availability
 * (AWS V100 and K80, October 2022 and August 2023), published with Wu et al., "Can't Be Late:
 * Optimizing Spot Instance Savings under Deadlines", NSDI 2024. Only these numbers are taken over.
 */
export const HAZARDS: HazardModel = {
  agesMinutes: ${list(agesMinutes)},
  perHour: [
    ${list(perHour[0])},
    ${list(perHour[1])},
  ],
  levels: ${list(levels)},
  persistenceH: ${list(persistenceH)},
  foresightH: ${list(foresightH)},
};
`,
  );
}

if (import.meta.main) main(process.argv[2] ?? '../shared/data/prices');
