import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { scheduled } from '../exact/scheduled.ts';
import type { Answer, AnswerLine } from '../model/answer.ts';
import { emptyGenome, type Genome } from './genome.ts';
import { type CountOption, type Layout, machinesOf } from './layout.ts';
import { repaired } from './repair.ts';

/** The answer that a genome stands for. */
export function answerOfGenome(layout: Layout, genome: Genome): Answer {
  const { individual, served } = repaired(layout, genome, { random: () => 0, noise: 0 });
  const { genes } = individual;
  const lines = layout.tasks.flatMap((task, index) => {
    const { work } = layout.problem.tasks[index]!;
    const line = { task: index, startS: 0, shares: null };
    if (task.kind === 'choice' || work.kind === 'choice') {
      const { option } = task.options[genes[task.first]!]!;
      assert(work.kind === 'choice', 'genes of a choice are of a choice');
      const { machines, hours, startS } = work.options[option]!;
      return [{ ...line, option, machines, hours, startS }];
    }
    return task.options.flatMap((own, at): readonly AnswerLine[] => {
      const count = genes[task.first + at]!;
      if (count === 0) return [];
      const { option } = own;
      if (work.kind === 'serving') {
        const shares = [...(served[index]?.shared?.shares[at] ?? [])];
        return [{ ...line, option, machines: count, hours: work.hours, shares }];
      }
      return lasting(own, count).map((one) => ({ ...line, option, ...one }));
    });
  });
  return scheduled(layout.problem, lines);
}

/** Machines and their hours: as few as the time allows, with increments as even as they can be. */
function lasting(
  option: CountOption,
  count: number,
): readonly { readonly machines: number; readonly hours: number }[] {
  const { increments } = option;
  if (increments === null) return [{ machines: count, hours: 1 }];
  const { offer, wholesMost, each, windowS } = increments;
  const toEnd = windowS / SECONDS_PER_HOUR;
  if (wholesMost === 0) return [{ machines: count, hours: toEnd }];
  const cut = Math.max(0, count - wholesMost);
  const machines = machinesOf(option, count) - cut;
  const wholes = Math.min(count, wholesMost) - cut * each;
  const least = machines === 0 ? 0 : Math.floor(wholes / machines);
  const longer = wholes - least * machines;
  const hoursOf = (increment: number) => (increment * offer.billingIncrementS) / SECONDS_PER_HOUR;
  return [
    { machines: cut, hours: toEnd },
    { machines: longer, hours: hoursOf(least + 1) },
    { machines: machines - longer, hours: hoursOf(least) },
  ].filter((line) => line.machines > 0 && line.hours > 0);
}

/** The genome that comes nearest to an answer: repair makes up for what it cannot say. */
export function genomeOfAnswer(layout: Layout, { lines }: Answer): Genome {
  const genome = emptyGenome(layout);
  for (const { task, option, machines, hours } of lines) {
    const own = layout.tasks[task];
    if (own === undefined) continue;
    const at = own.options.findIndex((one) => one.option === option);
    if (at < 0) continue;
    if (own.kind === 'choice') {
      genome.genes[own.first] = at;
      continue;
    }
    const incrementS = own.options[at]!.increments?.offer.billingIncrementS;
    const each =
      incrementS === undefined ? 1 : Math.ceil((hours * SECONDS_PER_HOUR) / incrementS - 1e-9);
    genome.genes[own.first + at]! += machines * each;
  }
  return genome;
}
