import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCsv } from './read-csv.ts';

test('cells are found by the name of their column, whatever the order', () => {
  assert.deepEqual(readCsv('b,a\n2,1\r\n4,3'), [
    { b: '2', a: '1' },
    { b: '4', a: '3' },
  ]);
});

test('a quoted cell may hold commas, line ends and quotes', () => {
  assert.deepEqual(readCsv('a,b\n"1, 2\n3","say ""so"""\n'), [{ a: '1, 2\n3', b: 'say "so"' }]);
});

test('missing cells are empty, and empty lines are none', () => {
  assert.deepEqual(readCsv('\uFEFFa,b\n\n1\n,\n2,\n'), [
    { a: '1', b: '' },
    { a: '2', b: '' },
  ]);
  assert.deepEqual(readCsv(''), []);
});

test('what is written with quotes is read back', () => {
  const cell = fc.string().map((text) => text.trim());
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), (lines) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const text = lines.map(([a, b]) => `${quoted(a)},${quoted(b)}`).join('\n');
      const kept = lines.filter(([a, b]) => a !== '' || b !== '').map(([a, b]) => ({ a, b }));
      assert.deepEqual(readCsv(`a,b\n${text}`), kept);
    }),
  );
});
