/** What a soak has come to, as `npm run soak` keeps it. */
export type Soak = {
  readonly seed: number;
  /** By the name of the point, as `store.writeIntent:before`; `random` for the others. */
  readonly killsByPoint: ReadonlyMap<string, number>;
  readonly runsByKind: ReadonlyMap<string, number>;
  /** That began to run. */
  readonly nodes: number;
  readonly leaked: number;
  readonly doubled: number;
  readonly lost: number;
  readonly seconds: number;
};

const HEADING = '## Last soak';
const MOMENTS = ['before', 'during', 'after'] as const;
/** Nothing seen in n tries: below 3/n with 95 % confidence. Hanley, Lippman-Hand, JAMA 249 (1983). */
const RULE_OF_THREE = 3;

/** The page with this soak in place of the last one. `where` says when, of what and on what. */
export function keepSoak(page: string, soak: Soak, where: string): string {
  const { killsByPoint, runsByKind, leaked, doubled, lost } = soak;
  const random = killsByPoint.get('random') ?? 0;
  const kills = sum(killsByPoint);
  const calls = [...killsByPoint.keys()].filter((name) => name !== 'random').map(callOf);
  const section = [
    HEADING,
    '',
    `${where}, seed ${soak.seed}.`,
    '',
    ...table([
      ['kills', 'at points', 'at random', 'runs', 'nodes', 'leaked', 'doubled', 'lost', 'minutes'],
      [kills, kills - random, random, sum(runsByKind), soak.nodes, leaked, doubled, lost].concat(
        Number((soak.seconds / 60).toFixed(1)),
      ),
    ]),
    '',
    ...(leaked + doubled + lost === 0 ? [boundOf(kills), ''] : []),
    ...table([
      ['kills at', ...MOMENTS],
      ...[...new Set(calls)]
        .toSorted()
        .map((call) => [
          `\`${call}\``,
          ...MOMENTS.map((when) => killsByPoint.get(`${call}:${when}`) ?? 0),
        ]),
    ]),
    '',
    ...table([
      ['runs of', 'count'],
      ...[...runsByKind].toSorted(([a], [b]) => (a < b ? -1 : 1)).map((row) => [...row]),
    ]),
  ];
  const start = page.indexOf(HEADING);
  return `${start === -1 ? page : page.slice(0, start)}${section.join('\n')}\n`;
}

function boundOf(kills: number): string {
  const percent = Number(((100 * RULE_OF_THREE) / kills).toPrecision(2));
  return `Nothing in ${kills} kills: less than ${percent} % of kills do harm, with 95 % confidence.`;
}

function callOf(point: string): string {
  return point.slice(0, point.lastIndexOf(':'));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map(String));
  const widths = texts[0]!.map((_, column) =>
    Math.max(3, ...texts.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = texts;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
