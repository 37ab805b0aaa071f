import { quantityOf } from '../../spec/reading/kubernetes-quantity.ts';
import { type Entry, entryOf, type MapNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { appendLines, columnOf, eolOf } from './edit-text.ts';
import type { Fix } from './finding.ts';
import { mapAt, textAt } from './known-object.ts';
import type { Container, Pod } from './pods-in.ts';

const BASIC = ['cpu', 'memory'] as const;

/** What containers ask for and may use at most. */
export function checkResources(pod: Pod): void {
  for (const container of pod.containers) {
    const resources = mapAt(container.map, 'resources');
    const requests = resources && mapAt(resources, 'requests');
    const limits = resources && mapAt(resources, 'limits');
    const at = entryOf(container.map, 'resources')?.keyStart ?? container.map.start;
    const asked: Asked = { pod, container, resources, requests, limits, at };
    // A pod can ask for all of its containers together.
    if (!container.isInit && mapAt(pod.spec, 'resources') === undefined) reportMissing(asked);
    for (const entry of requests?.entries ?? []) checkRequest(entry, asked);
    for (const entry of limits?.entries ?? []) checkWhole(entry, asked, 'limits');
  }
}

type Asked = {
  readonly pod: Pod;
  readonly container: Container;
  readonly resources: MapNode | undefined;
  readonly requests: MapNode | undefined;
  readonly limits: MapNode | undefined;
  readonly at: number;
};

function reportMissing({ pod, container, requests, limits, at }: Asked): void {
  const { report } = pod.object;
  const name = textAt(container.map, 'name') ?? container.path;
  const path = `${container.path}.resources`;
  const has = (map: MapNode | undefined, key: string): boolean =>
    map !== undefined && entryOf(map, key) !== undefined;
  // The server takes a limit for the request that is not written.
  const unasked = BASIC.filter((key) => !has(requests, key) && !has(limits, key));
  const unlimited = BASIC.filter((key) => !has(limits, key));
  if (unasked.length > 0) {
    report({
      code: 'manifest.missing-requests',
      at,
      path: `${path}.requests`,
      message: `the container ${quoted(name)} requests no ${unasked.join(' and no ')}`,
      hint: 'without requests it is placed anywhere, and evicted first',
    });
  }
  if (unlimited.length > 0) {
    report({
      code: 'manifest.missing-limits',
      at,
      path: `${path}.limits`,
      message: `the container ${quoted(name)} has no limit of ${unlimited.join(' and of ')}`,
      hint: 'without limits it can take what others of the node need',
    });
  }
}

function checkRequest(entry: Entry, asked: Asked): void {
  const { key, value } = entry;
  const limit = asked.limits && entryOf(asked.limits, key);
  const wanted = value.kind === 'text' ? quantityOf(value.text) : undefined;
  if (isDevice(key)) return checkDevice(entry, limit, asked);
  const most = limit?.value.kind === 'text' ? quantityOf(limit.value.text) : undefined;
  if (wanted === undefined || most === undefined || most >= wanted) return;
  asked.pod.object.report({
    code: 'manifest.limit-below-request',
    at: limit!.value.start,
    path: `${asked.container.path}.resources.limits.${key}`,
    message: `the limit of ${quoted(key)} is below what is requested`,
    hint: 'a limit is at least the request',
  });
}

/** A device plugin's. Source: Kubernetes documentation, "Extended resources". */
function isDevice(name: string): boolean {
  return name.includes('/') && !/^(?:[\w.-]+\.)?kubernetes\.io\//.test(name);
}

/** Devices are not overcommitted: a request needs a limit, and it must be the same. */
function checkDevice(entry: Entry, limit: Entry | undefined, asked: Asked): void {
  const { key, value } = entry;
  if (value.kind !== 'text') return;
  const path = `${asked.container.path}.resources`;
  const { report } = asked.pod.object;
  checkWhole(entry, asked, 'requests');
  if (limit === undefined) {
    report({
      code: 'manifest.device-without-limit',
      at: entry.keyStart,
      path: `${path}.requests[${JSON.stringify(key)}]`,
      message: `${quoted(key)} is requested without a limit`,
      hint: 'the limit of a device counts; the request must be equal to it',
      fix: limitFix(entry, asked),
    });
    return;
  }
  const same =
    limit.value.kind === 'text' && quantityOf(limit.value.text) === quantityOf(value.text);
  if (same) return;
  report({
    code: 'manifest.device-unequal',
    at: entry.keyStart,
    path: `${path}.requests[${JSON.stringify(key)}]`,
    message: `the request of ${quoted(key)} is not equal to its limit`,
    hint: 'devices are not shared: write the same number twice, or the limit alone',
  });
}

function limitFix(entry: Entry, { resources, limits, pod }: Asked): Fix | undefined {
  const { text } = pod.object;
  const { value, keyStart, keyEnd } = entry;
  if (resources === undefined) return undefined;
  const eol = eolOf(text);
  const line = `${text.slice(keyStart, keyEnd)}: ${text.slice(value.start, value.end)}${eol}`;
  const target = limits ?? resources;
  const column = columnOf(target, text);
  if (column === undefined || (limits === undefined && entryOf(resources, 'limits'))) {
    return undefined;
  }
  const margin = ' '.repeat(column);
  const lines = limits === undefined ? `${margin}limits:${eol}${margin}  ${line}` : margin + line;
  return { what: 'set the limit to the request', edits: [appendLines(target, lines, text)] };
}

function checkWhole({ key, value }: Entry, asked: Asked, part: 'limits' | 'requests'): void {
  const amount = value.kind === 'text' && isDevice(key) ? quantityOf(value.text) : undefined;
  if (amount === undefined || Number.isInteger(amount)) return;
  asked.pod.object.report({
    code: 'manifest.bad-value',
    at: value.start,
    path: `${asked.container.path}.resources.${part}[${JSON.stringify(key)}]`,
    message: `${quoted(key)} comes in whole devices`,
  });
}
