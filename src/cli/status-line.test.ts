import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Io } from './context.ts';
import { StatusLine } from './status-line.ts';

/** What a line writes to stderr on a terminal of twenty columns, or where there is none. */
function written(errIsTerminal: boolean, use: (line: StatusLine) => void): string {
  let text = '';
  const elsewhere = { out: () => assert.fail('stdout is for data'), outIsTerminal: false };
  const err: Io['err'] = (more) => {
    text += more;
  };
  use(new StatusLine({ ...elsewhere, err, errIsTerminal, inIsTerminal: false, columns: 20 }));
  return text;
}

describe('the line that tells how things go', () => {
  const use = (line: StatusLine): void => {
    line.show('starting 1s');
    line.show('starting 1s');
    line.show('starting 2s');
    line.clear();
    line.clear();
  };

  it('is replaced, written once while it is the same, and erased at the end', () => {
    const erase = '\r\u001b[2K';
    assert.equal(written(true, use), `${erase}starting 1s${erase}starting 2s${erase}`);
  });

  it('is nothing in a file or a pipe', () => {
    assert.equal(written(false, use), '');
  });

  it('never wraps', () => {
    assert.ok(written(true, (line) => line.show('x'.repeat(100))).endsWith('x'.repeat(19)));
    assert.ok(!written(true, (line) => line.show('x'.repeat(100))).includes('x'.repeat(20)));
  });
});
