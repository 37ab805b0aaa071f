import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { showUsd } from '../base/money.ts';
import { homeOf } from '../sdk/home.ts';
import { completionScript } from './completion-script.ts';
import type { Context } from './context.ts';
import { renderTable } from './output.ts';
import { COMMANDS, runProgram } from './program.ts';

/** A command line run in memory. */
async function call(...argv: string[]) {
  let out = '';
  let err = '';
  const terminal = { outIsTerminal: false, errIsTerminal: false, inIsTerminal: false, columns: 80 };
  const unwired = (): never => assert.fail('no adapter may be loaded for this');
  const context: Context = {
    io: {
      ...terminal,
      out: (text) => {
        out += text.toString();
      },
      err: (text) => {
        err += text;
      },
    },
    env: {},
    cwd: '/',
    home: homeOf({ KEDGE_HOME: '/nowhere' }),
    version: '1.2.3',
    wiring: {
      feeds: unwired,
      drivers: unwired,
      models: unwired,
      solver: unwired,
      serve: unwired,
      spawnServer: unwired,
    },
    interrupt: new AbortController().signal,
    exit: { code: 0 },
  };
  const code = await runProgram(argv, context);
  return { code, out, err };
}

describe('the command line', () => {
  it('tells its version and its commands without loading anything', async () => {
    assert.deepEqual(await call('--version'), { code: 0, out: '1.2.3\n', err: '' });
    const { code, out } = await call('--help');
    assert.equal(code, 0);
    for (const { name, summary } of COMMANDS)
      assert.ok(out.includes(name) && out.includes(summary));
  });

  it('every command has a help page with an example', async () => {
    for (const { name } of COMMANDS) {
      const { code, out } = await call(name, '--help');
      assert.equal(code, 0, name);
      assert.match(out, /Examples?:\n/, name);
      assert.doesNotMatch(out, /default:\s+(false|\[\])/, name);
      for (const line of out.split('\n')) assert.ok(line.length <= 80, `${name}: ${line}`);
    }
  });

  it('wrong usage is exit 2 and says what was meant', async () => {
    const { code, err } = await call('pln', 'task.yaml');
    assert.equal(code, 2);
    assert.match(err, /Did you mean plan\?/);
    assert.equal((await call('plan')).code, 2);
    assert.equal((await call('plan', 'x', '--output', 'xml')).code, 2);
    assert.equal((await call('runs', '--limit', '0')).code, 2);
  });

  it('a missing task file is named, with a hint and a code', async () => {
    const { code, out, err } = await call('plan', 'none.yaml');
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      /^error: there is no file none.yaml\n {2}hint: .*\n {2}code: input.not-found/,
    );
  });
});

describe('what people see', () => {
  it('tables are aligned, and cut at the width of the terminal', () => {
    const table = renderTable(
      ['A', 'LONG'],
      [
        ['one', 'y'.repeat(100)],
        ['z', '1'],
      ],
      20,
    );
    const lines = table.split('\n');
    assert.equal(lines[0], 'A    LONG');
    assert.equal(lines[1]!.length, 20);
    assert.equal(lines[2], 'z    1');
  });

  it('small prices keep the digits that tell them apart from nothing', () => {
    assert.deepEqual([5, 0, 0.5, 0.0042, 0.000001].map(showUsd), [
      '$5.00',
      '$0.00',
      '$0.50',
      '$0.0042',
      '$0.000001',
    ]);
  });

  it('completion knows every command, in each shell', () => {
    const commands = [{ name: 'plan', summary: 'where', words: ['--output', '--help'] }];
    for (const shell of ['bash', 'zsh', 'fish'] as const) {
      assert.match(completionScript(shell, commands), /plan/);
      assert.match(completionScript(shell, commands), /output/);
    }
  });

  it('an error keeps its kind', () => {
    assert.equal(new KedgeError('auth.denied', 'no').kind.exit, 4);
  });
});
