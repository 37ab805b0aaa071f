import { KedgeError } from '../../../base/errors.ts';

const CHARS_MAX = 1000;
/**
 * Registry, path, tag and digest. Narrower than an engine needs, for a name becomes part of a path
 * of its API: nothing in it may lead to another. Source: distribution/reference, `reference.go`.
 */
const NAME =
  /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[a-z0-9][\w.-]*)*(?::\w[\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-f]{32,})?$/i;

/** Errors: `driver.unsupported`. */
export function requireImageName(image: string): void {
  if (image.length <= CHARS_MAX && NAME.test(image)) return;
  const shown = JSON.stringify(image.slice(0, 100));
  throw new KedgeError('driver.unsupported', `${shown} is not the name of a container image`, {
    hint: 'write it like docker:registry.example.com/team/image:tag',
  });
}
