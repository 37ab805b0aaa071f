import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where an engine listens, or why none can be used, and what helps. */
export type EngineSocket =
  | { readonly socket: string }
  | { readonly socket: null; readonly reason: string; readonly hint: string };

type Environment = Readonly<Record<string, string | undefined>>;

const UNIX = 'unix://';
/** Docker's own variable, and Podman's. */
const HOST_VARIABLES = ['DOCKER_HOST', 'CONTAINER_HOST'] as const;

/**
 * The socket of a Docker or Podman engine, where their own clients look for it: DOCKER_HOST or
 * Podman's CONTAINER_HOST, else the first default that exists. Sources: docs.docker.com, "Daemon
 * socket option" and "Rootless mode"; podman-system-service(1).
 */
export function findSocket(
  env: Environment,
  exists: (path: string) => boolean = existsSync,
): EngineSocket {
  for (const name of HOST_VARIABLES) {
    const host = env[name];
    if (host) return namedSocket({ name, host }, exists);
  }
  const socket = defaultSockets(env).find(exists);
  if (socket !== undefined) return { socket };
  const hint = 'install Docker or Podman, or set DOCKER_HOST to unix:// and the path of its socket';
  return { socket: null, reason: 'no Docker or Podman engine listens on this machine', hint };
}

/** Whoever names an engine wants one; without it most do well. */
export function isEngineNamed(env: Environment): boolean {
  return HOST_VARIABLES.some((name) => Boolean(env[name]));
}

/** Containers see folders of this machine, so that an engine elsewhere is of no use. */
function namedSocket(
  { name, host }: { readonly name: string; readonly host: string },
  exists: (path: string) => boolean,
): EngineSocket {
  if (!host.startsWith(UNIX)) {
    const reason = `${name} is ${host}, and only engines of this machine can be used`;
    return { socket: null, reason, hint: `unset ${name}, or set it to unix:///path/of.sock` };
  }
  const socket = host.slice(UNIX.length);
  if (exists(socket)) return { socket };
  const reason = `${name} names ${socket}, which is not there`;
  return { socket: null, reason, hint: `start the engine, or unset ${name}` };
}

function defaultSockets(env: Environment): readonly string[] {
  const home = env['HOME'] || homedir();
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    join(home, '.docker/run/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
}
