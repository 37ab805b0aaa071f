import { KedgeError } from '../base/errors.ts';
import type { Bundles } from '../ports/bundles.ts';
import type { Driver, NodeSpec } from '../ports/driver.ts';

/**
 * A driver whose nodes get what was frozen at `up` instead of what lies at the task's paths now,
 * at every attempt and place. A run that was launched without a bundle gets the paths as they are.
 */
export function frozenDriver(driver: Driver, bundles: Bundles): Driver {
  return {
    name: driver.name,
    files: driver.files,
    check: () => driver.check(),
    offers: () => driver.offers(),
    capacity: () => driver.capacity(),
    create: async (spec) => driver.create(await frozenSpec(spec, bundles)),
    observe: (refs) => driver.observe(refs),
    stop: (ref, options) => driver.stop(ref, options),
    readLog: (ref, options) => driver.readLog(ref, options),
    sample: (requests) => driver.sample(requests),
    ...(driver.maskLog && { maskLog: driver.maskLog.bind(driver) }),
    exec: (ref, request) => driver.exec(ref, request),
    list: (installationId) => driver.list(installationId),
  };
}

async function frozenSpec(spec: NodeSpec, bundles: Bundles): Promise<NodeSpec> {
  if (spec.workdir === null && Object.keys(spec.fileMounts).length === 0) return spec;
  const sources = await bundles.sourcesOf(spec.ref);
  if (sources === null) return spec;
  const frozen = (path: string): string => {
    const found = sources.get(path);
    if (found !== undefined) return found;
    throw new KedgeError('driver.workdir-unreadable', `${path} is not in the bundle of the run`, {
      hint: 'call `kedge up` once more, with the version of the server',
    });
  };
  const mounts = Object.entries(spec.fileMounts).map(([to, from]) => [to, frozen(from)]);
  return {
    ...spec,
    workdir: spec.workdir === null ? null : frozen(spec.workdir),
    fileMounts: Object.fromEntries(mounts),
  };
}
