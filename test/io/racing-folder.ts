import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { Worker } from 'node:worker_threads';

export const CANARY = 'canary-of-a-stranger';

/** Swaps a folder, and a file, for links to what lies outside, and back, as fast as it can. */
const ATTACK = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { workerData: { root, outside, stop } } = require('node:worker_threads');
const flag = new Int32Array(stop);
const swaps = [['d', outside], ['one', outside + '/f'], ['d/in', outside + '/in']];
for (let turn = 0; Atomics.load(flag, 0) === 0; turn++) {
  const [name, target] = swaps[turn % swaps.length];
  const [path, kept] = [root + '/' + name, root + '/../kept'];
  renameSync(path, kept);
  symlinkSync(target, path);
  unlinkSync(path);
  renameSync(kept, path);
  Atomics.store(flag, 1, turn);
}
`;

/** A folder of a user, which somebody else may write to, and does. */
export class RacingFolder {
  readonly root: string;
  readonly #flag = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;

  constructor(dir: string) {
    this.root = join(dir, 'project');
    const outside = join(dir, 'outside');
    for (const folder of [join(this.root, 'd', 'in'), join(outside, 'in')]) {
      mkdirSync(folder, { recursive: true });
    }
    const files = ['f', 'in/f', `${CANARY}-name`, `in/${CANARY}-name`];
    for (const name of files) writeFileSync(join(outside, name), CANARY);
    for (const name of ['d/f', 'd/in/f', 'one']) writeFileSync(join(this.root, name), 'mine');
    const workerData = { root: this.root, outside, stop: this.#flag.buffer };
    this.#worker = new Worker(ATTACK, { eval: true, workerData });
  }

  /** How often it has been swapped by now. */
  get swaps(): number {
    return Atomics.load(this.#flag, 1);
  }

  async stop(): Promise<void> {
    Atomics.store(this.#flag, 0, 1);
    await new Promise((done) => this.#worker.once('exit', done));
  }
}

/** What is in a copy that should not be: bytes and names of strangers, links that lead out. */
export function escapesIn(copy: string, folder = copy): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (name.includes(CANARY)) return [path];
    if (found.isDirectory()) return escapesIn(copy, path);
    if (!found.isSymbolicLink()) return readFileSync(path, 'utf8').includes(CANARY) ? [path] : [];
    const aim = resolve(folder, readlinkSync(path));
    return aim === copy || aim.startsWith(copy + sep) ? [] : [path];
  });
}
