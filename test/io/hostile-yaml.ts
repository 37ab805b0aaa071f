import { type Random, seededRandom } from '../../src/base/rng.ts';
import { MIB } from '../../src/base/units.ts';

/** A file made to hurt a YAML reader; the same seed makes the same file. */
export type HostileFile = { readonly seed: number; readonly family: string; readonly text: string };

type Maker = (random: Random) => string;

/** Pieces that mean something to a YAML parser. */
const PIECES = [
  ['- ', ': ', '? ', 'a', '"a"', "'a'", '&a ', '*a ', '!t ', '!!str ', '[', ']', '{', '}', ','],
  ['\n', '\n ', '\n  ', '\r\n', '\r', ' ', '\t', '# c', '|\n', '>-\n', '|2+\n', '---\n', '...\n'],
  ['%YAML 1.1\n', '%TAG ! a\n', 'a: ', '- a', '<<: ', '\\', '"', "'", '\uFEFF', '\0', '\x1f', '€'],
  ['run: |\n  ', 'resources: ', 'envs: ', 'needs: ', '__proto__: ', '9'.repeat(40), '~', 'null'],
].flat();

const STARTS = ['', 'a:\n  ', 'x: [', '- "', 'run: |\n  ', 'run: ', 'envs:\n  - - ', 'envs: {'];

const FAMILIES: Readonly<Record<string, Maker>> = {
  'pieces at random': (random) => upTo(random, () => pick(random, PIECES)),
  'a few pieces over and over': (random) => {
    const period = Array.from({ length: 1 + whole(random, 5) }, () => pick(random, PIECES)).join(
      '',
    );
    return pick(random, STARTS) + fill(period, sizeOf(random));
  },
  'an honest file with pieces in it': (random) => {
    const text = honest(random);
    const cuts = Array.from({ length: 1 + whole(random, 5) }, () => whole(random, text.length));
    return cuts.reduce((all, at) => all.slice(0, at) + pick(random, PIECES) + all.slice(at), text);
  },
  'an honest file, as large as may be': honest,
  'a bomb of aliases': (random) => {
    const width = 2 + whole(random, 20);
    const levels = 2 + whole(random, 30);
    const line = (i: number): string => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(width)}]\n`;
    return `a0: &a0 [x]\n${Array.from({ length: levels }, (_, i) => line(i + 1)).join('')}`;
  },
  'a bomb of merge keys': (random) => {
    const keys = Array.from({ length: 200 }, (_, i) => `k${i}: ${i}`).join(', ');
    const line = (i: number): string => `m${i}: &m${i} {<<: *m${i - 1}, own${i}: 1}\n`;
    const count = 10 + whole(random, 400);
    return `m0: &m0 {${keys}}\n${Array.from({ length: count }, (_, i) => line(i + 1)).join('')}`;
  },
  'deep flows': (random) => {
    const open = pick(random, ['[', '{a: ', '[{a: ', '? [', '- [']);
    return `a: ${open.repeat(1 + whole(random, 100_000))}`;
  },
  'deep blocks': (random) => {
    const levels = 1 + whole(random, 1200);
    return Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
  },
  'distinct keys': (random) => {
    const count = whole(random, 60_000);
    const flow = random() < 0.5;
    const keys = Array.from({ length: count }, (_, i) => `k${i}: ${i}`);
    return flow ? `envs: {${keys.join(', ')}}` : `envs:\n  ${keys.join('\n  ')}\n`;
  },
  'a long scalar': (random) => {
    const quote = pick(random, ['', "'", '"', '|\n  ', '>\n  ', '|2-\n  ', '>+\n  ']);
    const body = fill(
      pick(random, ['x', 'x ', ' ', '\t', "''", 'é', '\\n', ': ', ' #']),
      sizeOf(random),
    );
    const end = quote.length === 1 && random() < 0.7 ? quote : '';
    return `${pick(random, ['run', 'model', 'num_nodes', 'kind'])}: ${quote}${body}${end}\n`;
  },
  'a scalar of many lines': (random) => {
    const quote = pick(random, ['', "'", '"', '|', '>', '|+', '>-']);
    const line = pick(random, [
      '\n',
      '\n  ',
      '\n  x',
      '\n\n  x',
      '\n \t',
      '\r\n  x',
      '\n  x \\',
      '\n   ',
    ]);
    return `run: ${quote}${line.repeat(whole(random, 60_000))}${quote.length === 1 ? quote : ''}\n`;
  },
  escapes: (random) => {
    const escape = pick(random, [
      '\\q',
      '\\x',
      '\\u12',
      '\\U00110000',
      '\\x41',
      '\\\\',
      '\\"',
      '\\\n ',
    ]);
    return `run: "${fill(escape, sizeOf(random))}"\n`;
  },
  'anchors, tags and comments': (random) => {
    const piece = pick(random, [
      '&a ',
      '!t ',
      '!<t> ',
      '# c\n',
      ' # c\n',
      '\n',
      ' \n',
      '&a !t ',
      '*a ',
    ]);
    return `${pick(random, STARTS)}${piece.repeat(whole(random, 100_000))}x: y\n`;
  },
  'many documents': (random) => {
    const piece = pick(random, [
      '---\n',
      '...\n',
      '--- a\n',
      '---\nrun: a\n',
      '%TAG !a! b\n---\nx\n',
    ]);
    return piece.repeat(whole(random, 60_000));
  },
  'many mistakes': (random) => {
    const piece = pick(random, [
      'unknown: 1\n',
      '- b\na: 1\n',
      'a: b: c\n',
      'a\n:b\n',
      '\t- a\n',
      '}\n',
    ]);
    return piece.repeat(whole(random, 30_000));
  },
  'other types than asked for': (random) => {
    const keys = ['name', 'resources', 'envs', 'needs', 'offers', 'work', 'model', 'file_mounts'];
    const values = [
      '[]',
      '{}',
      '[[a]]',
      '{a: {b: c}}',
      '1e999',
      '-0',
      '0x7f',
      '.nan',
      '!!binary a',
    ];
    const line = (): string => `${pick(random, keys)}: ${pick(random, values)}\n`;
    return Array.from({ length: 1 + whole(random, 8) }, line).join('');
  },
  bytes: (random) => upTo(random, () => String.fromCharCode(whole(random, 300))),
};

/** File number `seed`: families take turns, so that a few files are of all kinds. */
export function hostileFile(seed: number): HostileFile {
  const names = Object.keys(FAMILIES);
  const family = names[seed % names.length]!;
  const text = FAMILIES[family]!(seededRandom(seed));
  return { seed, family, text: text.slice(0, MIB) };
}

/** Near the limits of what is read: nodes, lines, lexemes, bytes. */
function honest(random: Random): string {
  const task = pick<Maker>(random, [
    () => `service:\n${lines(9000, (i) => `  k${i}: v\n`)}`,
    () => `service: [${'a, '.repeat(19_000)}]\n`,
    () => `service:\n${lines(4900, () => '  - [a, b, c]\n')}`,
    () => `service:\n${lines(6000, () => '  - {a: b}\n')}`,
    () => `run: |\n${lines(30_000, () => '  echo "[ { : # &a *b !c"\n')}`,
    () => `run: "${'echo \\"a\\"\\n'.repeat(80_000)}"\n`,
    () => lines(900, (i) => `---\nname: t${i}\nrun: a\n`),
    () =>
      lines(300, (i) => `---\nname: t${i}\nneeds: [t${(i * 7) % 300}]\nresources: {cpus: 1+}\n`),
    () => `envs:\n${lines(9000, (i) => `  K${i}:\n`)}`,
    () => `file_mounts:\n${lines(9000, (i) => `  /k${i}: s3://b\n`)}`,
    () => `a: &a {b: c}\nservice:\n${lines(9000, (i) => `  k${i}: *a\n`)}`,
  ])(random);
  return `# ${'c'.repeat(whole(random, 2000))}\n${task}`;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

function upTo(random: Random, piece: () => string): string {
  const size = sizeOf(random);
  const parts: string[] = [];
  for (let length = 0; length < size; ) {
    const part = piece();
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

function fill(period: string, size: number): string {
  return period.repeat(Math.ceil(size / period.length)).slice(0, size);
}

/** Mostly large, now and then of a few characters. */
function sizeOf(random: Random): number {
  return Math.floor(random() < 0.3 ? random() * 2000 : random() * (MIB - 100)) + 1;
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[whole(random, from.length)]!;
}
