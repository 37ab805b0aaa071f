import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readCsv } from './read-csv.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kedge-csv-'));
});
after(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  writeFileSync(join(folder, 'list.csv'), text);
  return readCsv(folder, 'list.csv');
}

describe('a price list as CSV', () => {
  it('empty is not known, and no number is none', () => {
    const [line] = read('name,price,size\nx,0.5,\n');
    assert.equal(line!.text('name'), 'x');
    assert.equal(line!.number('price'), 0.5);
    assert.equal(line!.number('size'), null);
    assert.ok(Number.isNaN(read('price\ncheap\n')[0]!.number('price')));
  });

  it('quoted cells keep their commas, quotes and ends of lines', () => {
    const lines = read('a,b\r\n"1, 2","say ""hi"""\r\n"two\nlines",x\r\n');
    assert.deepEqual(
      lines.map((line) => [line.text('a'), line.text('b')]),
      [
        ['1, 2', 'say "hi"'],
        ['two\nlines', 'x'],
      ],
    );
  });

  it('a missing end of the last line loses nothing', () => {
    assert.deepEqual(
      read('a,b\n1,2').map((line) => line.number('b')),
      [2],
    );
    assert.deepEqual(
      read('a,b\n1,').map((line) => line.number('b')),
      [null],
    );
  });

  it('a line of too few cells, and a column that is not there, stop the build', () => {
    assert.throws(() => read('a,b\n1\n'), /a line of 1 cells/);
    assert.throws(() => read('a,b\n1,2\n')[0]!.text('c'), /no column c/);
    assert.throws(() => read(''), /empty/);
  });
});
