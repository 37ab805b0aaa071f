import type { Resources } from '../../spec/task.ts';

/** How task files tell a container's image from a machine's, as at SkyPilot. */
const PREFIX = 'docker:';

/** The container image that `image_id` names, as an engine knows it; null when it names none. */
export function containerImage({ imageId }: Pick<Resources, 'imageId'>): string | null {
  return imageId?.startsWith(PREFIX) ? imageId.slice(PREFIX.length) : null;
}
