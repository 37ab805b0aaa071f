import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * A small root file system for containers, of Debian packages and this checkout's Node, as a tar
 * that an engine imports: for machines where no registry is in reach. Needs apt-get, dpkg-deb and
 * tar of a Debian system; kept in the user's cache, by the releases of what is in it.
 */
const PACKAGES = [
  'busybox-static',
  'dash',
  'bash',
  'libc6',
  'libtinfo6',
  'libstdc++6',
  'libgcc-s1',
] as const;

/** The path of the tar, built when it is not in the cache. */
export function containerImage(nodeBin: string = process.execPath): string {
  const tar = join(cacheDir(), `${debianVersion()}-node-${process.versions.node}.tar`);
  if (existsSync(tar)) return tar;
  mkdirSync(dirname(tar), { recursive: true });
  const scratch = mkdtempSync(join(dirname(tar), '.build-'));
  try {
    const root = join(scratch, 'root');
    unpackPackages(scratch, root);
    linkApplets(root);
    copyProgram(root, nodeBin);
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
    const draft = join(scratch, basename(tar));
    execFileSync('tar', ['--numeric-owner', '-C', root, '-cf', draft, '.']);
    renameSync(draft, tar);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return tar;
}

function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'kedge', 'container-image');
}

function debianVersion(): string {
  return `debian-${readFileSync('/etc/debian_version', 'utf8')
    .trim()
    .replaceAll(/[^\w.]/g, '-')}`;
}

function unpackPackages(scratch: string, root: string): void {
  // Apt's own user may not write to it, which it says at length and gets over.
  execFileSync('apt-get', ['download', ...PACKAGES], { cwd: scratch, stdio: 'ignore' });
  for (const dir of ['bin', 'etc', 'root', 'tmp', 'proc', 'sys', 'dev', 'usr/bin']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  for (const name of readdirSync(scratch).filter((entry) => entry.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(scratch, name), root]);
  }
  chmodSync(join(root, 'tmp'), 0o1777);
}

/** Busybox under all of its names, but for the shells, which are Debian's own. */
function linkApplets(root: string): void {
  rmSync(join(root, 'bin/sh'), { force: true });
  symlinkSync('dash', join(root, 'bin/sh'));
  const list = execFileSync(join(root, 'bin/busybox'), ['--list'], { encoding: 'utf8' });
  for (const applet of list.split('\n').filter(Boolean)) {
    const path = join(root, 'bin', applet);
    if (!existsSync(path) && applet !== 'sh') symlinkSync('busybox', path);
  }
}

function copyProgram(root: string, nodeBin: string): void {
  copyFileSync(nodeBin, join(root, 'usr/bin/node'));
  chmodSync(join(root, 'usr/bin/node'), 0o755);
}
