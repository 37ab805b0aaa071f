import type { FindModel } from '../../ports/model-source.ts';
import { cachedModels } from './cached-models.ts';
import { chainSources } from './chain-sources.ts';
import { folderModels } from './folder-models.ts';
import { hubModels } from './hub-models.ts';

/** Models in folders, then in the local cache of Hugging Face, then on its hub. */
export function modelsFrom(
  baseDir: string,
  env: Readonly<Record<string, string | undefined>>,
): FindModel {
  return chainSources([folderModels({ baseDir, env }), cachedModels({ env }), hubModels({ env })]);
}
