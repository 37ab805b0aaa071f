import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What a real node needs of Debian, by a file that tells whether it is there. */
const PACKAGES = {
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  'busybox-static': '/bin/busybox',
  iproute2: '/sbin/ip',
} as const;

/** Installs what is missing; as root, on Debian. */
export function installNodePackages(): void {
  const missing = Object.entries(PACKAGES).filter(([, file]) => !existsSync(file));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] as const };
  execFileSync('apt-get', ['update'], { ...options, stdio: 'ignore' });
  // Somebody else may be installing.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  execFileSync('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...names], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
