import type { MapNode } from '../../spec/reading/node.ts';
import { type Crumb, walkFields } from './field-walk.ts';
import { type KnownObject, listAt, mapAt } from './known-object.ts';
import type { Schemas } from './schemas.ts';

export type Container = {
  readonly map: MapNode;
  readonly path: string;
  /** Runs before the others, and ends. */
  readonly isInit: boolean;
};

/** A pod, or the template of pods: what an object starts. */
export type Pod = {
  readonly object: KnownObject;
  /** What holds `metadata` and `spec`. */
  readonly holder: MapNode;
  readonly spec: MapNode;
  readonly path: string;
  readonly containers: readonly Container[];
};

export function podsIn(object: KnownObject, schemas: Schemas): readonly Pod[] {
  const pods: Pod[] = [];
  walkFields(object.crumb, schemas, {
    map: (crumb) => {
      if (crumb.type.endsWith('core.v1.PodSpec')) pods.push(podOf(crumb, object));
    },
  });
  return pods;
}

function podOf({ map, path, parent }: Crumb, object: KnownObject): Pod {
  const containers = [
    ...containersOf(map, path, 'initContainers'),
    ...containersOf(map, path, 'containers'),
  ];
  return { object, holder: parent?.map ?? map, spec: map, path, containers };
}

function containersOf(spec: MapNode, path: string, key: string): readonly Container[] {
  const isInit = key === 'initContainers';
  return (listAt(spec, key)?.items ?? []).flatMap((map, index) =>
    map.kind === 'map' ? [{ map, path: `${path}.${key}[${index}]`, isInit }] : [],
  );
}

/** The labels of the pods; undefined where none are written. */
export function labelsOf({ holder }: Pod): MapNode | undefined {
  return mapAt(holder, 'metadata', 'labels');
}
