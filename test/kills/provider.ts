import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM, type FakeScript } from '../../src/adapters/drivers/fake/script.ts';
import { KedgeError } from '../../src/base/errors.ts';
import type { Random } from '../../src/base/rng.ts';
import { buildNodeSpec } from '../../src/ports/driver.conformance.ts';
import type { Driver, NodeSpec } from '../../src/ports/driver.ts';
import type { Reply } from './remote-driver.ts';

/** Before a call is carried out, and again before it is answered: a server may die between. */
const WIRE_MS_MAX = 40;
const LAG_MS_MAX = 100;
const PREEMPTED_AFTER_MS = 200;

/**
 * A virtual provider that servers reach through a socket, in a process that no kill touches: its
 * ledger tells what was really bought.
 */
export class Provider {
  readonly ledger = new Ledger();
  readonly #driver: Driver;
  readonly #random: Random;
  readonly #server: Server;
  readonly #preempted = new Set<string>();
  #lists = 0;

  private constructor(random: Random) {
    this.#random = random;
    const { ledger } = this;
    const script = this.#script();
    this.#driver = fakeDriver({ clock: systemClock(), random, ledger, script });
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        response.end(serialize(await this.#answer(Buffer.concat(chunks))));
      });
    });
  }

  static async start(socket: string, random: Random): Promise<Provider> {
    const provider = new Provider(random);
    provider.#server.listen(socket);
    await once(provider.#server, 'listening');
    return provider;
  }

  /** How often somebody has listed what they have here. */
  get lists(): number {
    return this.#lists;
  }

  /** The first attempt of this run will be taken away. */
  preempt(runId: string): void {
    this.#preempted.add(runId);
  }

  /** Of another installation: nobody's business here. Its token. */
  async buyForeign(): Promise<string> {
    const spec = buildNodeSpec({ run: 'fake 1e9 0', installationId: 'foreign' });
    await this.#driver.create(spec);
    return spec.ref.token;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The request is in our hands: it is carried out, whatever becomes of who has asked. */
  async #answer(body: Buffer): Promise<Reply> {
    const [method, args] = deserialize(body) as [keyof Driver, readonly unknown[]];
    await this.#wire();
    if (method === 'list') this.#lists++;
    try {
      const call = this.#driver[method] as (...all: readonly unknown[]) => Promise<unknown>;
      return { value: await call(...args) };
    } catch (error) {
      if (!(error instanceof KedgeError)) throw error;
      return { code: error.code, message: error.message };
    } finally {
      await this.#wire();
    }
  }

  async #wire(): Promise<void> {
    await delay(this.#random() * WIRE_MS_MAX);
  }

  #script(): FakeScript {
    return {
      ...CALM,
      bootMs: { min: 0, max: 300 },
      lagMs: () => this.#random() * LAG_MS_MAX,
      task: ({ run }: NodeSpec) => {
        const [, durationMs, exitCode] = run.trim().split(' ').map(Number);
        const ends = { durationMs: durationMs!, exitCode: exitCode! };
        return { ...ends, output: 'begin\n', ignoresTerminate: false };
      },
      preemptedAfterMs: ({ runId, attempt }) =>
        this.#preempted.has(runId) && attempt === 1 ? PREEMPTED_AFTER_MS : null,
    };
  }
}
