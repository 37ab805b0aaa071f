import type { CatalogColumns } from '../spec/catalog.ts';

/** Something that tells prices. */
export interface Feed {
  readonly name: string;
  /**
   * The whole catalog of this feed, as columns.
   * Errors: `catalog.corrupt` when the file fails its checksum or cannot be decoded.
   */
  load(): Promise<CatalogColumns>;
}
