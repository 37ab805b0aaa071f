import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/**
 * The published package, as `npm pack` builds it, unpacked in a folder beside the dependencies of
 * the checkout; the path of its bin. Needs no network.
 */
export function packProduct(dir: string): string {
  const pack = ['pack', '--silent', '--pack-destination', dir];
  execFileSync('npm', pack, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = readdirSync(dir).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(dir, tarball!), '-C', dir]);
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return join(dir, 'package', 'bin', 'kedge.js');
}
