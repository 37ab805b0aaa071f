import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { containerImage } from '../container-image/build-image.ts';
import { clusterCacheDir } from './components.ts';

/** What every pod's sandbox runs. */
export const PAUSE_IMAGE = 'localhost/pause:1';
/** Busybox under all of its names, and nothing else. */
export const BUSYBOX_IMAGE = 'localhost/busybox:1';
/** This checkout's Node, Debian's bash, and busybox. */
export const NODE_IMAGE = 'localhost/node:24';

const BUSYBOX = '/bin/busybox';

type Image = { readonly name: string; readonly layer: string; readonly command: readonly string[] };

/**
 * The path of one archive of all images, in the form of `docker save`, for machines where no registry
 * is in reach (https://github.com/moby/docker-image-spec, "Combined Image JSON + Filesystem
 * Changeset"). Made when it is not in the cache, which knows it by what is in it.
 */
export function imagesArchive(): string {
  const node = containerImage();
  const busybox = sha256(readFileSync(BUSYBOX)).slice(0, 12);
  const archive = join(clusterCacheDir(), `images-busybox-${busybox}-${basename(node)}`);
  if (existsSync(archive)) return archive;
  mkdirSync(dirname(archive), { recursive: true });
  const scratch = mkdtempSync(join(dirname(archive), '.images-'));
  try {
    const draft = join(scratch, 'images.tar');
    writeArchive(draft, join(scratch, 'content'), node);
    renameSync(draft, archive);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return archive;
}

function writeArchive(archive: string, content: string, nodeLayer: string): void {
  mkdirSync(content);
  const busybox = busyboxLayer(content);
  symlinkSync(nodeLayer, join(content, 'node.tar'));
  const images = [
    { name: PAUSE_IMAGE, layer: busybox, command: ['/bin/sleep', '2147483'] },
    { name: BUSYBOX_IMAGE, layer: busybox, command: ['/bin/sh'] },
    { name: NODE_IMAGE, layer: 'node.tar', command: ['/usr/bin/node'] },
  ];
  const manifest = images.map((image) => describe(content, image));
  writeFileSync(join(content, 'manifest.json'), JSON.stringify(manifest));
  execFileSync('tar', ['--dereference', '-C', content, '-cf', archive, '.']);
}

/** Writes the image's configuration; its entry in the manifest. */
function describe(work: string, { name, layer, command }: Image): object {
  const digest = sha256(readFileSync(join(work, layer)));
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: command, Env: ['PATH=/usr/bin:/bin'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  const file = `${sha256(name).slice(0, 16)}.json`;
  writeFileSync(join(work, file), JSON.stringify(config));
  return { Config: file, RepoTags: [name], Layers: [layer] };
}

function busyboxLayer(work: string): string {
  const root = join(work, 'root');
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
  const applets = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' });
  for (const applet of applets.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    symlinkSync('busybox', join(root, 'bin', applet));
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  execFileSync('tar', ['--numeric-owner', '-C', root, '-cf', join(work, 'busybox.tar'), '.']);
  rmSync(root, { recursive: true });
  return 'busybox.tar';
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
