import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where one installation keeps its things; absolute paths. */
export type Home = {
  /** config.yaml */
  readonly configDir: string;
  /** The database, nodes' directories, checkpoints, secrets. */
  readonly dataDir: string;
  /** What a running server tells: its address, token and log. */
  readonly stateDir: string;
  readonly databaseFile: string;
  readonly tokenFile: string;
  readonly serverFile: string;
  readonly serverLogFile: string;
};

/**
 * The folders of this user: all under KEDGE_HOME where that is set, else the XDG folders.
 * Source: XDG Base Directory Specification 0.8.
 */
export function homeOf(env: Readonly<Record<string, string | undefined>>): Home {
  const user = env['HOME'] || homedir();
  const home = env['KEDGE_HOME'];
  const dirOf = (variable: string, fallback: string): string =>
    join(env[variable] || join(user, fallback), 'kedge');
  const configDir = home ? join(home, 'config') : dirOf('XDG_CONFIG_HOME', '.config');
  const dataDir = home ? join(home, 'data') : dirOf('XDG_DATA_HOME', '.local/share');
  const stateDir = home ? join(home, 'state') : dirOf('XDG_STATE_HOME', '.local/state');
  return {
    configDir,
    dataDir,
    stateDir,
    databaseFile: join(dataDir, 'kedge.db'),
    tokenFile: join(stateDir, 'token'),
    serverFile: join(stateDir, 'server.json'),
    serverLogFile: join(stateDir, 'server.log'),
  };
}
