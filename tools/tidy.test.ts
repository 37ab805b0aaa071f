import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { before, describe, it } from 'node:test';
import { CORE_STAGES, LAYERS } from './layers.ts';

const ROOT = join(import.meta.dirname, '..');
const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
/** Rooms that take clock, randomness and the world as arguments. */
const PURE_ROOMS = ['base', 'spec', 'ports', 'core', 'engine'];
const BANNED: readonly {
  readonly pattern: RegExp;
  readonly why: string;
  readonly rooms?: string[];
}[] = [
  { pattern: /\bthrow new Error\(/, why: 'throw a KedgeError, or assert' },
  {
    pattern: /\b(Date\.now|Math\.random|performance\.now)\(/,
    why: 'time and chance are arguments',
    rooms: PURE_ROOMS,
  },
  { pattern: /\bset(Timeout|Interval)\(/, why: 'sleep by the Clock', rooms: PURE_ROOMS },
  { pattern: /\bconsole\./, why: 'write through the context or the log' },
  { pattern: /\b(TODO|FIXME|XXX)\b/, why: 'finish it or file it' },
];

type Source = { readonly path: string; readonly text: string; readonly lines: readonly string[] };

describe('the repository is tidy', () => {
  let sources: readonly Source[] = [];
  before(() => {
    sources = ['src', 'test', 'tools', 'bench', 'sim'].flatMap(filesBelow).map(read);
  });

  it('imports point one way, as tools/layers.ts says', () => {
    assert.deepEqual(productSources(sources).flatMap(layerBreaches), []);
  });

  it('inside core a stage never imports a later one', () => {
    assert.deepEqual(productSources(sources).flatMap(stageBreaches), []);
  });

  it(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
    const long = sources.filter(({ lines }) => lines.length > FILE_LINES_MAX + 1);
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    );
  });

  it(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
    const product = sources.filter(
      ({ path }) => !path.endsWith('.test.ts') && !path.endsWith('.conformance.ts'),
    );
    assert.deepEqual(product.flatMap(longFunctions), []);
  });

  it('nothing calls what is banned', () => {
    assert.deepEqual(productSources(sources).flatMap(bannedCalls), []);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name));
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, lines: text.split('\n') };
}

function productSources(sources: readonly Source[]): readonly Source[] {
  return sources.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'));
}

type Import = { readonly target: string; readonly typeOnly: boolean };

/** Relative imports of a file, resolved to paths from the root. */
function importsOf({ path, text }: Source): Import[] {
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/g,
  );
  return [...found].map(([, type, names, from, dynamic]) => ({
    target: posix.join(posix.dirname(path), (from ?? dynamic)!),
    typeOnly: type !== undefined || onlyTypes(names ?? ''),
  }));
}

/** True for `{ type A, type B }`. */
function onlyTypes(names: string): boolean {
  const inner = /^\{([^}]*)\}$/s.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const parts = inner
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return parts.length > 0 && parts.every((part) => part.startsWith('type '));
}

function layerBreaches(source: Source): string[] {
  // The conformance suites beside the ports are tests that adapters' tests share.
  if (source.path.endsWith('.conformance.ts')) return [];
  const room = roomOf(source.path);
  const layer = LAYERS.find((one) => one.room === room);
  if (layer === undefined) return [`${source.path}: the room ${room} is not in tools/layers.ts`];
  return importsOf(source)
    .filter(({ target, typeOnly }) => {
      const to = roomOf(target);
      if (to === room || layer.imports.includes(to)) return false;
      return !(typeOnly && layer.types?.includes(to));
    })
    .map(({ target }) => `${source.path} imports ${target}`);
}

function stageBreaches(source: Source): string[] {
  const stage = CORE_STAGES.indexOf(source.path.split('/')[2] ?? '');
  if (roomOf(source.path) !== 'core') return [];
  return importsOf(source)
    .filter(({ target }) => roomOf(target) === 'core')
    .filter(({ target }) => CORE_STAGES.indexOf(target.split('/')[2] ?? '') > stage)
    .map(({ target }) => `${source.path} imports ${target}`);
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Functions by their indentation, which the formatter guarantees: from `function` to its brace. */
function longFunctions({ path, lines }: Source): string[] {
  return lines.flatMap((line, start) => {
    const opening = /^(\s*)(?:export )?(?:default )?(?:async )?function\b/.exec(line);
    if (!opening) return [];
    const close = `${opening[1]}}`;
    const length = lines.slice(start).findIndex((other) => other === close) + 1;
    return length > FUNCTION_LINES_MAX ? [`${path}:${start + 1} has ${length} lines`] : [];
  });
}

function bannedCalls({ path, lines }: Source): string[] {
  if (path.endsWith('.conformance.ts')) return [];
  const room = roomOf(path);
  return lines.flatMap((line, index) =>
    BANNED.filter(
      ({ pattern, rooms }) => (rooms?.includes(room) ?? true) && pattern.test(line),
    ).map(({ why }) => `${path}:${index + 1}: ${why}: ${line.trim()}`),
  );
}
