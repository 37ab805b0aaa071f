import assert from 'node:assert/strict';
import { it } from 'node:test';
import { marksFor, sparkline } from './sparkline.ts';

const marks = marksFor({});

it('a sparkline rises from nothing to its largest value, or to a limit', () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], { width: 8, marks }), '▁▂▃▄▅▆▇█');
  assert.equal(sparkline([0, 4], { width: 8, marks, max: 8 }), '▁▅');
  assert.equal(sparkline([0, 0], { width: 8, marks }), '▁▁');
  assert.equal(sparkline([], { width: 8, marks }), '');
});

it('one that is too long keeps its peaks, and is never wider than asked', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index === 500 ? 9 : 1));
  const line = sparkline(values, { width: 20, marks });
  assert.equal(line.length, 20);
  assert.equal(line[10], '█');
  assert.equal(line.replaceAll('▁', ''), '█');
});

it('where nobody has looked it is blank', () => {
  assert.equal(sparkline([1, null, 1], { width: 8, marks }), '█ █');
});

it('a dumb terminal gets ASCII, and one without colours does not', () => {
  const ascii = sparkline([0, 1], { width: 8, marks: marksFor({ TERM: 'dumb' }) });
  assert.match(ascii, /^[\x21-\x7e]+$/);
  assert.equal(marksFor({ TERM: 'xterm', NO_COLOR: '1' }), marks);
});
