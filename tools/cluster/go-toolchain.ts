import { execFileSync } from 'node:child_process';

/** The first Go that fetches the version that a module asks for by itself. */
const OLDEST = [1, 21] as const;

/**
 * Why nothing can be built here, or null. Any Go since 1.21 will do: where it is older than a module
 * asks for, it gets that release through the module proxy.
 */
export function goObstacle(): string | null {
  let said: string;
  try {
    said = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' }).trim();
  } catch {
    return `no Go in the path; install ${OLDEST.join('.')} or later (https://go.dev/dl)`;
  }
  const [major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(said) ?? []).slice(1).map(Number);
  const recent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return recent ? null : `${said} is too old; install Go ${OLDEST.join('.')} or later`;
}
