import { KedgeError } from '../base/errors.ts';
import type { Client } from '../sdk/client.ts';
import type { Run } from '../spec/run.ts';

const PAGE = 1000;

/**
 * The run that a word means: an id, the unique start of one, or a name (its newest run); no word
 * means the newest run of all. Errors: `run.not-found`, `run.ambiguous`.
 */
export async function findRun(client: Client, word: string | undefined): Promise<Run> {
  if (word !== undefined && /^run_[0-9a-f]{32}$/.test(word)) return (await client.run(word)).run;
  const runs = await allRuns(client, word === undefined ? 1 : Number.POSITIVE_INFINITY);
  if (word === undefined) {
    if (runs[0] !== undefined) return runs[0];
    throw new KedgeError('run.not-found', 'there is no run yet', {
      hint: 'start one with `kedge up TASK.yaml`',
    });
  }
  const byId = runs.filter((run) => run.runId.startsWith(word) || run.runId.endsWith(word));
  const found = byId.length > 0 ? byId : runs.filter((run) => run.name === word).slice(0, 1);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new KedgeError('run.not-found', `no run has the id or name ${JSON.stringify(word)}`, {
      hint: 'see `kedge runs`',
    });
  }
  throw new KedgeError('run.ambiguous', `${found.length} runs have an id like ${word}`, {
    hint: `say more of it: ${found
      .slice(0, 3)
      .map((run) => run.runId)
      .join(', ')}`,
  });
}

/** Newest first, page by page. */
export async function allRuns(client: Client, limit: number): Promise<readonly Run[]> {
  const runs: Run[] = [];
  while (runs.length < limit) {
    const after = runs.at(-1)?.runId ?? null;
    const page = await client.runs({ after, limit: Math.min(PAGE, limit - runs.length) });
    runs.push(...page);
    if (page.length === 0) break;
  }
  return runs;
}
