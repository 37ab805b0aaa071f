import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { containerFiles } from '../../src/adapters/drivers/docker/container-files.ts';
import { checkpointPlace } from '../../src/adapters/drivers/docker/node-folder.ts';
import { localFiles } from '../../src/adapters/drivers/local/local-files.ts';
import { transferFolder } from '../../src/adapters/drivers/shared/transfer-folder.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import { carryCheckpoint } from '../../src/engine/carry-files.ts';
import { buildRef } from '../../src/ports/driver.conformance.ts';
import type { NodeFiles } from '../../src/ports/node-files.ts';
import { buildCarry, contentOf, fillSource, sourceOf, targetOf } from './carry-places.ts';

const CUTS = Number(process.env['KEDGE_MOVES'] ?? 10);
/** Half of them on their way, half on the disk. */
const FLIPS = Number(process.env['KEDGE_FLIPS'] ?? 100) / 2;
/** About as many steps as one carry has, and the longest that one of them takes. */
const CUT_STEPS_MAX = 30;
const CUT_MS_MAX = 15;

let dataDir: string;
let random: Random;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kedge-carry-'));
  random = seededRandom(18);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

class Cut extends Error {}

describe('a checkpoint that is carried (fault 18)', () => {
  it(`survives ${CUTS} kills of who carries it: none lost, one chunk sent again at most`, async (test) => {
    const cuts = new Map<number, number>();
    const puts = new Map<number, number>();
    let rank = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      for (let ahead = rank; ahead < rank + 10; ahead++) {
        if (!existsSync(sourceOf(dataDir, ahead))) fillSource(dataDir, ahead, random);
      }
      rank = await carryAndKill(rank, { cuts, puts });
    }
    await carryOn(rank + 1, puts);
    for (let done = 0; done <= rank; done++) {
      assert.deepEqual(contentOf(targetOf(dataDir, done)), contentOf(sourceOf(dataDir, done)));
      const chunks = Number(readFileSync(join(dataDir, `carried-${done}`), 'utf8'));
      const again = (puts.get(done) ?? 0) - chunks;
      assert.ok(again <= (cuts.get(done) ?? 0), `${again} chunks again at ${cuts.get(done)} cuts`);
    }
    test.diagnostic(`${CUTS} kills in ${rank + 1} carries`);
  });

  type Count = { readonly cuts: Map<number, number>; readonly puts: Map<number, number> };

  /** One process that carries what is not carried, and is killed in it; gives where. */
  const carryAndKill = async (first: number, { cuts, puts }: Count): Promise<number> => {
    const child = startCarrying(first + 10);
    let now = first;
    let stepsLeft = Math.floor(random() * CUT_STEPS_MAX);
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'put') puts.set(now, (puts.get(now) ?? 0) + 1);
      if (line.startsWith('carry ')) now = Number(line.split(' ')[1]);
      if (stepsLeft-- !== 0) continue;
      await delay(random() * CUT_MS_MAX);
      child.kill('SIGKILL');
    }
    cuts.set(now, (cuts.get(now) ?? 0) + 1);
    return now;
  };

  const carryOn = async (count: number, puts: Map<number, number>): Promise<void> => {
    const child = startCarrying(count);
    let now = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'put') puts.set(now, (puts.get(now) ?? 0) + 1);
      if (line.startsWith('carry ')) now = Number(line.split(' ')[1]);
    }
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  };

  const startCarrying = (count: number) => {
    const program = join(import.meta.dirname, 'carry-child.ts');
    return spawn(process.execPath, [program, dataDir, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };

  it('goes on wherever it was cut between two calls', async () => {
    fillSource(dataDir, 0, random, 1);
    const source = contentOf(sourceOf(dataDir, 0));
    const [from, to] = [localFiles(dataDir), containerFiles(dataDir)];
    for (let cutAt = 0; ; cutAt++) {
      let calls = 0;
      const mortal = (files: NodeFiles): NodeFiles =>
        new Proxy(files, {
          get: (target, name) => {
            const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
            return async (...args: unknown[]) => {
              if (calls++ === cutAt) throw new Cut();
              const result = await method(...args);
              if (calls++ === cutAt) throw new Cut();
              return result;
            };
          },
        });
      const cut = { ...buildCarry(dataDir, 0, { from: mortal(from), to: mortal(to) }) };
      const carry = { ...cut, transferId: `move_${cutAt}` };
      const before = await carryCheckpoint(carry).catch((error: unknown) => {
        assert.ok(error instanceof Cut, String(error));
        return null;
      });
      assert.deepEqual(contentOf(sourceOf(dataDir, 0)), source, 'the source stays');
      const held = contentOf(targetOf(dataDir, 0));
      assert.ok(held === null || JSON.stringify(held) === JSON.stringify(source), 'whole or not');
      const whole = { ...buildCarry(dataDir, 0), transferId: carry.transferId };
      await carryCheckpoint(whole);
      assert.deepEqual(contentOf(targetOf(dataDir, 0)), source);
      await to.dropCheckpoint(whole.toRef);
      if (before !== null) return assert.ok(cutAt > 20, 'there was something to cut');
    }
  });

  for (const swapped of ['nothing', 'the old one put aside', 'the new one in its place']) {
    it(`is the old or the new one, whole, when the swap is cut after ${swapped}`, async () => {
      fillSource(dataDir, 0, random);
      const carry = buildCarry(dataDir, 0);
      const place = checkpointPlace(dataDir, buildRef({}));
      mkdirSync(place.folder, { recursive: true });
      writeFileSync(join(place.folder, 'old'), 'old');
      const files = containerFiles(dataDir);
      const cut = async (): Promise<never> => {
        const folder = transferFolder(place, carry.transferId);
        const [brings, replaces] = [folder.treeDir, place.folder].map((path) => statSync(path).ino);
        writeFileSync(folder.commitFile, JSON.stringify({ brings, replaces }));
        if (swapped !== 'nothing') renameSync(place.folder, folder.oldDir);
        if (swapped === 'the new one in its place') renameSync(folder.treeDir, place.folder);
        throw new Cut();
      };
      const to = { ...files, commitTransfer: cut };
      await assert.rejects(carryCheckpoint(buildCarry(dataDir, 0, { to })), Cut);
      const paths = (await containerFiles(dataDir).list(carry.toRef, 'checkpoint')).length;
      assert.ok(paths > 1, 'what was decided is done by whoever looks first');
      assert.deepEqual(contentOf(targetOf(dataDir, 0)), contentOf(sourceOf(dataDir, 0)));
      assert.equal((await carryCheckpoint(carry)).sent, 0);
      assert.deepEqual(readdirSync(place.transfers), [carry.transferId], 'nothing is left');
      assert.deepEqual(readdirSync(join(place.transfers, carry.transferId)), ['done.json']);
    });
  }

  it('is carried once by whoever comes, also several at once', async () => {
    fillSource(dataDir, 0, random);
    for (let round = 0; round < 5; round++) {
      const id = `move_${round}`;
      const carries = [1, 2, 3].map(() =>
        carryCheckpoint({ ...buildCarry(dataDir, 0), transferId: id }),
      );
      const failed = (await Promise.allSettled(carries)).filter(
        ({ status }) => status !== 'fulfilled',
      );
      assert.ok(failed.length < carries.length, String(failed[0]));
      assert.deepEqual(contentOf(targetOf(dataDir, 0)), contentOf(sourceOf(dataDir, 0)));
      assert.equal((await carryCheckpoint({ ...buildCarry(dataDir, 0), transferId: id })).sent, 0);
    }
  });

  it('leaves behind what was never finished, and links that lead out, and says which', async () => {
    fillSource(dataDir, 0, random);
    const folder = sourceOf(dataDir, 0);
    mkdirSync(join(folder, '.saving-8-77'));
    writeFileSync(join(folder, '.saving-8-77', 'model'), 'half');
    symlinkSync('step-7', join(folder, 'latest'));
    symlinkSync('/etc', join(folder, 'out'));
    const { leftOut } = await carryCheckpoint(buildCarry(dataDir, 0));
    assert.deepEqual(leftOut, ['out']);
    const names = readdirSync(targetOf(dataDir, 0)).toSorted();
    assert.deepEqual(names, ['deep', 'latest', 'loose', 'none', 'step-7']);
  });
});

describe('bytes of a checkpoint (fault 19)', () => {
  it(`flipped on their way, ${FLIPS} of them: none is taken`, async () => {
    fillSource(dataDir, 0, random);
    const files = containerFiles(dataDir);
    const told = { flips: 0, taken: 0 };
    const to: NodeFiles = {
      ...files,
      putChunk: async (ref, id, index, bytes) => {
        if (random() < 0.4) return files.putChunk(ref, id, index, bytes);
        told.flips++;
        const put = files.putChunk(ref, id, index, flipped(bytes));
        return put.then(() => void told.taken++);
      },
    };
    for (let round = 0; told.flips < FLIPS; round++) {
      const carry = { ...buildCarry(dataDir, 0, { to }), transferId: `move_${round}` };
      await carryCheckpoint(carry).catch((error: { code?: string }) => {
        // Wrong three times in a row: the move waits, and goes on later.
        assert.equal(error.code, 'move.wrong-bytes');
      });
    }
    await carryCheckpoint({ ...buildCarry(dataDir, 0), transferId: 'move_last' });
    assert.equal(told.taken, 0);
    assert.deepEqual(contentOf(targetOf(dataDir, 0)), contentOf(sourceOf(dataDir, 0)));
  });

  it(`gone bad on the disk before the commit, ${FLIPS} of them: each is sent again`, async () => {
    fillSource(dataDir, 0, random);
    const files = containerFiles(dataDir);
    const place = checkpointPlace(dataDir, buildRef({}));
    let [flips, again] = [0, 0];
    for (let round = 0; flips < FLIPS; round++) {
      const id = `move_${round}`;
      let hits = 0;
      const to: NodeFiles = {
        ...files,
        commitTransfer: async (ref, transferId) => {
          if (hits++ < 2) flipOnDisk(transferFolder(place, id).treeDir);
          return files.commitTransfer(ref, transferId);
        },
      };
      const carry = { ...buildCarry(dataDir, 0, { to }), transferId: id };
      const { sent, chunks } = await carryCheckpoint(carry);
      flips += 2;
      again += sent - chunks;
      assert.deepEqual(contentOf(targetOf(dataDir, 0)), contentOf(sourceOf(dataDir, 0)));
      await files.dropCheckpoint(carry.toRef);
    }
    assert.equal(again, flips, 'one chunk for each');
  });

  const flipOnDisk = (tree: string): void => {
    const path = join(tree, 'step-7', 'model');
    const at = Math.floor(random() * statSync(path).size);
    const file = openSync(path, 'r+');
    const byte = new Uint8Array(1);
    readSync(file, byte, 0, 1, at);
    writeSync(file, flipped(byte), 0, 1, at);
    closeSync(file);
  };

  const flipped = (bytes: Uint8Array): Uint8Array => {
    const copy = bytes.slice();
    copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8);
    return copy;
  };

  it('that change while they are carried are noticed', async () => {
    fillSource(dataDir, 0, random);
    const path = join(sourceOf(dataDir, 0), 'step-7', 'model');
    const files = localFiles(dataDir);
    const from: NodeFiles = {
      ...files,
      list: async (...args) => {
        const listed = await files.list(...args);
        writeFileSync(path, 'shorter');
        return listed;
      },
    };
    const carry = buildCarry(dataDir, 0, { from });
    await assert.rejects(carryCheckpoint(carry), { code: 'move.source-changed' });
    assert.equal(contentOf(targetOf(dataDir, 0)), null);
  });
});
