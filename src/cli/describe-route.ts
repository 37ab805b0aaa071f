import { formatLimit } from '../base/format-limit.ts';
import { showMicros, showUsd, usdPerUnit } from '../base/money.ts';
import { formatDuration, SECOND_MS } from '../base/time.ts';
import type { RoutePlan } from '../spec/route.ts';
import { renderTable } from './output.ts';
import { wrapWords } from './wrap-words.ts';

type Tree = RoutePlan['trees'][number];
type Layout = { readonly wide: boolean; readonly columns: number };

/** Of prose, where nothing cuts lines. */
const PROSE_COLUMNS = 80;
const PERCENT = 100;

/** A route in words: what it costs, each tree drawn, and what else it was weighed against. */
export function describeRoute(plan: RoutePlan, layout: Layout): string {
  const headline = headlineOf(plan);
  const trees = plan.trees.flatMap((tree, index) => ['', ...drawTree(plan, tree, index, layout)]);
  const rest = [...costLines(plan), ...baselineLines(plan)].flatMap((line) =>
    wrapWords(line, { columns: Math.min(layout.columns, PROSE_COLUMNS), indent: 0 }),
  );
  return `${[headline, ...trees, '', ...rest, ...frontierLines(plan)].join('\n')}\n`;
}

function headlineOf({ costMicros, seconds, gigabytes, from, to }: RoutePlan): string {
  const where = to.length === 1 ? to[0]! : `${to.length} regions`;
  return `${showMicros(costMicros)} in ${time(seconds)}: ${rounded(gigabytes)} GB from ${from} to ${where}`;
}

function drawTree(plan: RoutePlan, tree: Tree, index: number, layout: Layout): readonly string[] {
  const { from, trees } = plan;
  const headings = ['TO', 'GB', '$/GB', '$', ...(layout.wide ? ['GBIT/S'] : []), ''];
  const root = headings.map((_, column) => (column === 0 ? from : ''));
  const rows = [root, ...branches(plan, tree, { from, margin: '', wide: layout.wide })];
  const table = renderTable(headings, rows, layout.columns).trimEnd();
  const title =
    trees.length === 1 ? [] : [`${shareOf(plan, tree)}, way ${index + 1} of ${trees.length}`];
  return [...title, table];
}

function shareOf({ partitions: all }: RoutePlan, { partitions, share }: Tree): string {
  if (partitions === null) return `${rounded(share * PERCENT)} %`;
  const [first, last] = [partitions[0]!, partitions.at(-1)!];
  const numbers = first === last ? `partition ${first}` : `partitions ${first} to ${last}`;
  return `${numbers} (of 0 to ${all! - 1})`;
}

/** What hangs on a region, below and indented. */
function branches(
  plan: RoutePlan,
  tree: Tree,
  {
    from,
    margin,
    wide,
  }: { readonly from: string; readonly margin: string; readonly wide: boolean },
): string[][] {
  const children = tree.edges.filter((edge) => edge.from === from);
  return children.flatMap(({ to }, index) => {
    const isLast = index === children.length - 1;
    const link = plan.edges.find((edge) => edge.from === from && edge.to === to)!;
    const gigabytes = plan.gigabytes * tree.share;
    const row = [
      `${margin}${isLast ? '└─' : '├─'} ${to}`,
      rounded(gigabytes),
      String(link.usdPerGigabyte),
      showUsd(gigabytes * link.usdPerGigabyte),
      ...(wide ? [rounded(link.gigabitsPerSecond)] : []),
      plan.to.includes(to) ? '' : 'on the way',
    ];
    const below = `${margin}${isLast ? '   ' : '│  '}`;
    return [row, ...branches(plan, tree, { from: to, margin: below, wide })];
  });
}

function costLines(plan: RoutePlan): readonly string[] {
  const { egressMicros, vmsMicros, vmsPerRegion, vmNanosPerHour, regions, bound, gap } = plan;
  const price = showUsd(usdPerUnit(vmNanosPerHour));
  const slowest = plan.edges.reduce((one, other) => (other.seconds > one.seconds ? other : one));
  const least = `no route costs less than ${showMicros(bound.micros)}, which is proven`;
  const proof =
    gap === 0 ? 'no route costs less, which is proven' : `${least}: ${percent(gap)} from it`;
  return [
    `egress ${showMicros(egressMicros)}, machines ${showMicros(vmsMicros)} (${vmsPerRegion} at ${price}/h in each of ${regions.length} regions)`,
    `slowest: ${slowest.from} to ${slowest.to}, ${rounded(slowest.gigabytes)} GB at ${rounded(slowest.gigabitsPerSecond)} Gbit/s`,
    `${proof}; egress alone is at least ${showMicros(bound.egressMicros)}`,
  ];
}

function baselineLines({ baselines, to }: RoutePlan): readonly string[] {
  const { direct, dijkstra } = baselines;
  const cost = (one: { costMicros: RoutePlan['costMicros']; seconds: number }) =>
    `${showMicros(one.costMicros)} in ${time(one.seconds)}`;
  const each = to.length === 1 ? 'the cheapest path' : 'the cheapest path to each';
  return [
    direct === null ? '' : `straight from the source: ${cost(direct)}`,
    dijkstra === null ? '' : `over ${each}: ${cost(dijkstra)}`,
  ].filter((line) => line !== '');
}

function frontierLines({ frontier }: RoutePlan): readonly string[] {
  if (frontier.length === 0) return [];
  const rows = frontier.map(({ seconds, costMicros }) => [
    formatLimit(seconds * SECOND_MS),
    showMicros(costMicros),
  ]);
  return ['', renderTable(['WITHIN', 'COSTS'], rows, Infinity).trimEnd()];
}

function time(seconds: number): string {
  return formatDuration(seconds * SECOND_MS);
}

function percent(share: number): string {
  if (share < 1e-4) return 'less than 0.01 %';
  return `${(share * PERCENT).toFixed(2)} %`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
