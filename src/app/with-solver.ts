import type { Solver } from '../ports/solver.ts';

/** Loads the solver where the work asks for it, and closes it after. */
export async function withSolver<T>(
  { solver }: { readonly solver: () => Promise<Solver> },
  work: (solver: () => Promise<Solver>) => Promise<T>,
): Promise<T> {
  let loaded: Promise<Solver> | undefined;
  try {
    return await work(() => (loaded ??= solver()));
  } finally {
    await (await loaded)?.close();
  }
}
