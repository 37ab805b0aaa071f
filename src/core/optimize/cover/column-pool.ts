import type { Column } from './master.ts';

/** Every cover of a task that was ever found, once. */
export class ColumnPool {
  readonly #columns: Column[][];
  readonly #known = new Set<string>();

  constructor(tasks: number) {
    this.#columns = Array.from({ length: tasks }, () => []);
  }

  /** False for one that is known. */
  add(column: Column): boolean {
    const bought = column.bought.toSorted((a, b) => a[0] - b[0]);
    const key = `${column.task}:${bought.join(';')}`;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    this.#columns[column.task]!.push({ ...column, bought });
    return true;
  }

  of(task: number): readonly Column[] {
    return this.#columns[task]!;
  }
}
