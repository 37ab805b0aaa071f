import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { KedgeError } from '../base/errors.ts';
import { MIB } from '../base/units.ts';
import type { Network } from '../core/optimize/routes/network.ts';
import {
  type NetworkFile,
  type NetworkSource,
  networkInFile,
} from '../core/optimize/routes/network-file.ts';
import { readGrid } from '../core/optimize/routes/read-grid.ts';

/** The sources in src/ and the build in dist/ lie equally deep below the package. */
const BUNDLED_FILE = fileURLToPath(new URL('../../catalog/network.json', import.meta.url));
const GRID_BYTES_MAX = 64 * MIB;

/** The network that comes with the package, and whence it is. Errors: `catalog.corrupt`. */
export async function bundledNetwork(
  file: string = BUNDLED_FILE,
): Promise<{ readonly network: Network; readonly source: NetworkSource }> {
  try {
    const parsed = JSON.parse(await readFile(file, 'utf8')) as NetworkFile;
    return { network: networkInFile(parsed), source: parsed.source };
  } catch (cause) {
    throw new KedgeError('catalog.corrupt', `cannot read the network of the catalog, ${file}`, {
      cause,
      hint: 'install kedge again; the file comes with the package',
    });
  }
}

/**
 * The network of the user's own grid. Errors: `input.not-found`, `input.unreadable`,
 * `input.too-large`, `spec.syntax`, `spec.bad-value`.
 */
export async function networkInGrid(path: string, shown: string): Promise<Network> {
  return readGrid(await gridText(path, shown), shown);
}

async function gridText(path: string, shown: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > GRID_BYTES_MAX) {
      const message = `${shown} has ${size} bytes; a grid has at most ${GRID_BYTES_MAX}`;
      throw new KedgeError('input.too-large', message);
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof KedgeError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new KedgeError('input.not-found', `there is no file ${shown}`, {
        cause,
        hint: 'name a CSV file with the columns src,dst,throughput_gbps,egress_usd_per_gb',
      });
    }
    const why = code === 'EISDIR' ? 'it is a folder' : code;
    throw new KedgeError('input.unreadable', `cannot read ${shown}: ${why}`, { cause });
  }
}
