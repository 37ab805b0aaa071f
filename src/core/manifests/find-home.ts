import { entryOf, type MapNode, type Node } from '../../spec/reading/node.ts';
import { type Crumb, hasShape, join } from './field-walk.ts';
import type { Form, Schemas } from './schemas.ts';

/** A map that has room for a field: one that stands there, and keys that lead on from it. */
export type Home = {
  readonly map: MapNode;
  /** Of the field in its home, from the root of the object. */
  readonly path: string;
  /** Keys of maps that are still to be written below `map`; mostly none. */
  readonly missing: readonly string[];
  readonly form: Form;
  readonly taken: boolean;
};

type Step = Omit<Home, 'form' | 'taken'> & { readonly type: string; readonly cost: number };

/** Levels up and down; from the root of a CronJob to its containers there are five. */
const COST_MAX = 5;

/**
 * Where a field belongs that stands where it must not: the nearest maps, up and down from there,
 * whose types have a field of the name that can hold the value. Nearness counts levels; of equally
 * near ones those that stand in the file go before those that would have to be written.
 */
export function findHomes(
  { key, value }: { readonly key: string; readonly value: Node },
  from: Crumb,
  schemas: Schemas,
): readonly Home[] {
  let best: readonly Home[] = [];
  let bestCost = COST_MAX + 1;
  let up = 0;
  for (let crumb: Crumb | undefined = from; crumb !== undefined; crumb = crumb.parent, up++) {
    const { cost, homes } = nearestBelow(crumb, up, Math.min(bestCost, COST_MAX));
    if (homes.length === 0 || cost > bestCost) continue;
    best = cost === bestCost ? unique([...best, ...homes]) : homes;
    bestCost = cost;
  }
  return best;

  function nearestBelow(top: Crumb, costOfTop: number, costMax: number): Found {
    let level: readonly Step[] = [{ ...top, missing: [], cost: costOfTop }];
    const seen = new Set<string>();
    while (level.length > 0 && level[0]!.cost <= costMax) {
      const homes = level.flatMap(homeIn);
      if (homes.length > 0) return { cost: level[0]!.cost, homes: preferred(homes) };
      level = level.flatMap(stepsDown).filter(({ path }) => !seen.has(path) && seen.add(path));
    }
    return NONE;
  }

  function homeIn({ map, missing, path, type }: Step): readonly Home[] {
    if (map === from.map && missing.length === 0) return [];
    const field = schemas.fieldsOf(type).get(key);
    if (field === undefined || !couldHold(field.form, value, schemas)) return [];
    const taken = missing.length === 0 && entryOf(map, key) !== undefined;
    return [{ map, missing, path: join(path, key), form: field.form, taken }];
  }

  function stepsDown({ map, missing, path, type, cost }: Step): readonly Step[] {
    return [...schemas.fieldsOf(type)].flatMap(([name, { form }]): readonly Step[] => {
      if (name === 'status' || name === key) return [];
      const inner = join(path, name);
      const there = missing.length === 0 ? entryOf(map, name)?.value : undefined;
      if (form.is === 'type') {
        if (there?.kind === 'map') {
          return [{ map: there, missing: [], path: inner, type: form.type, cost: cost + 1 }];
        }
        if (there !== undefined) return [];
        const next = [...missing, name];
        return [{ map, missing: next, path: inner, type: form.type, cost: cost + 1 }];
      }
      if (form.is !== 'list' || form.of.is !== 'type' || there?.kind !== 'list') return [];
      const { type: itemType } = form.of;
      return there.items.flatMap((item, index) =>
        item.kind === 'map'
          ? [{ map: item, missing: [], path: `${inner}[${index}]`, type: itemType, cost: cost + 1 }]
          : [],
      );
    });
  }
}

type Found = { readonly cost: number; readonly homes: readonly Home[] };
const NONE: Found = { cost: 0, homes: [] };

function preferred(homes: readonly Home[]): readonly Home[] {
  const there = homes.filter(({ missing }) => missing.length === 0);
  return there.length > 0 ? there : homes;
}

function unique(homes: readonly Home[]): readonly Home[] {
  return [...new Map(homes.map((home) => [home.path, home])).values()];
}

/** Whether the value looks like one of the form: its shape, and the names of its keys. */
export function couldHold(form: Form, value: Node, schemas: Schemas): boolean {
  if (!hasShape(value, form)) return false;
  if (form.is === 'type') {
    const fields = schemas.fieldsOf(form.type);
    return value.kind === 'map' && value.entries.every(({ key }) => fields.has(key));
  }
  if (form.is === 'list' && value.kind === 'list') {
    return value.items.every((item) => couldHold(form.of, item, schemas));
  }
  return true;
}
