import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { KedgeError } from '../../base/errors.ts';
import type { Feed } from '../../ports/feed.ts';
import type { CatalogColumns } from '../../spec/catalog.ts';
import { decodeCatalog } from './columnar.ts';

/** The sources in src/ and the build in dist/ lie equally deep below the package. */
const BUNDLED_FILE = fileURLToPath(new URL('../../../catalog/bundled.kcat', import.meta.url));

/** The catalog that comes with the package; read when first asked for, and once. */
export function bundledFeed(file: string = BUNDLED_FILE): Feed {
  let loading: Promise<CatalogColumns> | undefined;
  return {
    name: 'bundled',
    load: () => {
      loading ??= read(file);
      return loading;
    },
  };
}

async function read(file: string): Promise<CatalogColumns> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new KedgeError('catalog.corrupt', `cannot read the price catalog ${file}: ${code}`, {
      cause,
      hint: 'install kedge again; the file comes with the package',
    });
  }
  return decodeCatalog(bytes, file);
}
