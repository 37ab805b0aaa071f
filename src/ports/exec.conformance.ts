import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildNodeSpec, type DriverHarness, ended, readAll, text } from './driver.conformance.ts';
import type { NodeRef, NodeSpec } from './driver.ts';

/** The promises of `Driver.exec`, for places where tasks are those of a shell. */
export function execConformance(name: string, make: () => Promise<DriverHarness>): void {
  const within = (body: (harness: DriverHarness) => Promise<void>) => async () => {
    const harness = await make();
    try {
      await body(harness);
    } finally {
      await harness.cleanup();
    }
  };
  describe(`${name}: a command beside a task`, { timeout: 240_000 }, () => {
    testWhatRuns(within);
    testWhatEnds(within);
  });
}

type Within = (body: (harness: DriverHarness) => Promise<void>) => () => Promise<void>;

function testWhatRuns(within: Within): void {
  it(
    'has the variables and the directory of the task; its code and both its outputs are told',
    within(async (harness) => {
      const value = 'a "b" $(c) `d` \'e\'\n=f\\\n';
      const { ref } = await running(harness, 'echo mine > here', { envs: { VALUE: value } });
      const told = await execute(harness, ref, {
        command: ['sh', '-c', 'printf "[%s]" "$VALUE" "$KEDGE_RUN_ID"; cat here >&2; exit 7'],
      });
      assert.deepEqual(told, { out: `[${value}][run_conformance]`, err: 'mine\n', code: 7 });
    }),
  );

  it(
    'is given to the letter, and no shell looks at it',
    within(async (harness) => {
      const { ref } = await running(harness);
      const words = ['a b', '$(touch pwned)', '; exit 9', "'", '*', '-n', ''];
      const { out } = await execute(harness, ref, { command: ['printf', '%s\n', ...words] });
      assert.equal(out, words.map((word) => `${word}\n`).join(''));
    }),
  );

  it(
    'reads what it is sent, and may write more than memory should hold at once',
    within(async (harness) => {
      const { ref } = await running(harness);
      const lines = Array.from({ length: 50 }, (_, i) => `${i}`.repeat(20_000));
      const stdin = lines.map((line) => new TextEncoder().encode(line));
      const { out } = await execute(harness, ref, { command: ['cat'], stdin });
      assert.equal(out, lines.join(''));
    }),
  );

  it(
    'that does not exist, or that a signal ends, has the code that a shell gives it',
    within(async (harness) => {
      const { ref } = await running(harness);
      const missing = await execute(harness, ref, { command: ['no-such-program'] });
      assert.equal(missing.code, 127);
      assert.match(missing.err, /no-such-program.*not found/);
      const killed = await execute(harness, ref, { command: ['sh', '-c', 'kill -KILL $$'] });
      assert.equal(killed.code, 137);
    }),
  );
}

function testWhatEnds(within: Within): void {
  it(
    'is ended with what it has started when nobody listens any more, and the task goes on',
    within(async (harness) => {
      const { ref } = await running(harness);
      const over = new AbortController();
      const command = ['sh', '-c', 'echo $$ > pid; sleep 600 & sleep 600'];
      const listening = execute(harness, ref, { command, signal: over.signal });
      await untilSays(harness, ref, { command: ['sh', '-c', 'cat pid || true'] });
      over.abort();
      await listening;
      const members = 'for at in /proc/[0-9]*/stat; do cat $at; done 2>/dev/null';
      const pid = (await execute(harness, ref, { command: ['cat', 'pid'] })).out.trim();
      const isLeft = async (): Promise<boolean> => {
        const { out } = await execute(harness, ref, { command: ['sh', '-c', members] });
        // State, parent, group; those of no parent are left to be looked after.
        return out.split('\n').some((stat) => {
          const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
          return state !== 'Z' && group === pid;
        });
      };
      while (await isLeft());
      assert.equal((await harness.driver.observe([ref]))[0]?.state, 'running');
    }),
  );

  it(
    'leaves no trace in the output of the task, and ends with it without holding it up',
    within(async (harness) => {
      const { ref } = await running(harness);
      const beside = execute(harness, ref, { command: ['sh', '-c', 'echo beside; sleep 600'] });
      await execute(harness, ref, { command: ['true'] });
      const asked = performance.now();
      await harness.driver.stop(ref, { graceMs: 60_000 });
      assert.equal((await ended(harness, ref)).how, 'stopped');
      assert.ok(performance.now() - asked < 30_000);
      assert.equal((await beside).out, 'beside\n');
      assert.equal(text(await readAll(harness.driver, ref, 100)), 'up\n');
    }),
  );

  it(
    'is refused beside a node that was never created, and one that has ended',
    within(async (harness) => {
      const spec = buildNodeSpec({ run: 'exit 3' });
      const refusal = { code: 'run.not-running' };
      await assert.rejects(execute(harness, spec.ref, { command: ['true'] }), refusal);
      await harness.driver.create(spec);
      const end = await ended(harness, spec.ref);
      await assert.rejects(execute(harness, spec.ref, { command: ['true'] }), refusal);
      assert.deepEqual(await harness.driver.observe([spec.ref]), [end]);
    }),
  );
}

type Asked = {
  readonly command: readonly string[];
  readonly stdin?: readonly Uint8Array[];
  readonly signal?: AbortSignal;
};

async function execute({ driver }: DriverHarness, ref: NodeRef, asked: Asked) {
  const told = { out: '', err: '', code: null as number | null };
  const decoder = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const { command, stdin, signal = new AbortController().signal } = asked;
  const input = stdin === undefined ? null : from(stdin);
  for await (const part of driver.exec(ref, { command, stdin: input, signal })) {
    assert.equal(told.code, null, 'the code comes last, and once');
    if ('exitCode' in part) told.code = part.exitCode;
    else {
      const words = decoder[part.stream].decode(part.bytes, { stream: true });
      told[part.stream === 'stdout' ? 'out' : 'err'] += words;
    }
  }
  return told;
}

async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Asks again and again until something is said. */
async function untilSays(harness: DriverHarness, ref: NodeRef, asked: Asked): Promise<void> {
  while ((await execute(harness, ref, asked)).out === '');
}

/** A node whose task has done this, and goes on. */
async function running(
  harness: DriverHarness,
  first = 'true',
  parts: Partial<NodeSpec> = {},
): Promise<NodeSpec> {
  const spec = buildNodeSpec({ run: `${first}; echo up; sleep 600 & wait`, ...parts });
  await harness.driver.create(spec);
  await harness.waitFor(spec.ref, ({ state }) => state === 'running');
  while ((await harness.driver.readLog(spec.ref, { offset: 0, maxBytes: 9 })).nextOffset === 0);
  return spec;
}
