import { dirname } from 'node:path';

/** What a task inherits from Kedge's own environment; the rest may hold what is not its business. */
const INHERITED: readonly string[] = [
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  // A `kedge` in a task means the installation that runs it.
  'KEDGE_HOME',
];
const PATH_DEFAULT = '/usr/local/bin:/usr/bin:/bin';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a supervisor, which its task's variables are added to. */
export function baseEnvironment(env: Environment, nodeBin: string): Record<string, string> {
  const base: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = env[name];
    if (value !== undefined) base[name] = value;
  }
  // `node` in a task is the Node that runs Kedge.
  base['PATH'] = `${dirname(nodeBin)}:${env['PATH'] || PATH_DEFAULT}`;
  return base;
}
