import { checkContainers } from './check-containers.ts';
import { checkEnums } from './check-enums.ts';
import { checkObjectNames, checkPodNames } from './check-object-names.ts';
import { checkResources } from './check-resources.ts';
import { checkSelectors } from './check-selectors.ts';
import { checkVolumes } from './check-volumes.ts';
import type { KnownObject } from './known-object.ts';
import { podsIn } from './pods-in.ts';
import type { Schemas } from './schemas.ts';

/** The rules that look at more than one field, and at more than one object. */
export function checkObjects(objects: readonly KnownObject[], schemas: Schemas): void {
  const pods = objects.flatMap((object) => podsIn(object, schemas));
  for (const object of objects) {
    checkObjectNames(object);
    checkEnums(object, schemas);
  }
  for (const pod of pods) {
    checkPodNames(pod);
    checkVolumes(pod, objects);
    checkContainers(pod);
    checkResources(pod);
  }
  checkSelectors(objects, pods);
}
