import { entryOf, type MapNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { isTrue, mapAt, nodeAt, textAt } from './known-object.ts';
import type { Container, Pod } from './pods-in.ts';

/** Namespaces of the node that a pod can be put into. */
const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** Images that change under their name, and rights that reach beyond the pod. */
export function checkContainers(pod: Pod): void {
  const { object, spec, path, containers } = pod;
  for (const key of HOST_NAMESPACES) {
    if (!isTrue(spec, key)) continue;
    object.report({
      code: 'manifest.host-namespace',
      at: entryOf(spec, key)!.keyStart,
      path: `${path}.${key}`,
      message: `${key} puts the pod into a namespace of the node`,
      hint: 'leave it out where that is not the point',
    });
  }
  const list = entryOf(spec, 'containers');
  if (list?.value.kind === 'list' && list.value.items.length === 0) {
    object.report({
      code: 'manifest.missing-field',
      at: list.keyStart,
      path: `${path}.containers`,
      message: 'a pod has at least one container',
    });
  }
  for (const container of containers) {
    checkImage(container, pod);
    checkRights(container, pod);
  }
}

function checkImage({ map, path }: Container, { object }: Pod): void {
  const image = entryOf(map, 'image');
  const written = textAt(map, 'image');
  if (image === undefined || written === undefined) {
    const message = `${quoted(path)} needs the field "image"`;
    const at = image?.keyStart ?? map.start;
    object.report({ code: 'manifest.missing-field', at, path: `${path}.image`, message });
    return;
  }
  const tag = mutableTag(written);
  if (tag === undefined) return;
  object.report({
    code: 'manifest.mutable-image',
    at: image.value.start,
    path: `${path}.image`,
    message:
      tag === ''
        ? `the image ${quoted(written)} has no tag, which means latest`
        : `the tag ${quoted(tag)} of the image is given to newer ones in time`,
    hint: 'name a version, better a digest: image@sha256:…',
  });
}

/** Tags that by their name go to whatever is newest. */
const MOVING =
  /^(?:latest|stable|edge|nightly|dev|develop|main|master|head|current|canary|beta|rolling)$/i;

/** Empty where there is none; undefined for one that names a version, and for digests. */
function mutableTag(image: string): string | undefined {
  if (image.includes('@')) return undefined;
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  const tag = colon === -1 ? '' : name.slice(colon + 1);
  return tag === '' || MOVING.test(tag) ? tag : undefined;
}

function checkRights({ map, path }: Container, { object }: Pod): void {
  const security = mapAt(map, 'securityContext');
  if (security === undefined) return;
  if (isTrue(security, 'privileged')) {
    object.report({
      code: 'manifest.privileged',
      at: entryOf(security, 'privileged')!.keyStart,
      path: `${path}.securityContext.privileged`,
      message: 'the container is privileged: it can do all that root of the node can',
      hint: 'give it the capabilities that it needs, or a device plugin',
    });
  }
  reportContradiction(security, path, object.report);
}

/** The server takes no privileged container that must not gain privileges. */
function reportContradiction(security: MapNode, path: string, report: Pod['object']['report']) {
  const escalation = nodeAt(security, 'allowPrivilegeEscalation');
  if (!isTrue(security, 'privileged') || escalation?.kind !== 'text') return;
  if (!/^(?:false|no|off)$/i.test(escalation.text)) return;
  report({
    code: 'manifest.bad-value',
    at: escalation.start,
    path: `${path}.securityContext.allowPrivilegeEscalation`,
    message: 'a privileged container cannot have allowPrivilegeEscalation: false',
  });
}
