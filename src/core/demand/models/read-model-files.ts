import { KedgeError } from '../../../base/errors.ts';
import type { ModelFiles, WeightHeaders } from '../../../ports/model-source.ts';
import { type Architecture, formatCount } from './architecture.ts';
import { describeConfig } from './config/read-config.ts';
import { readGgufHeader } from './headers/read-gguf-header.ts';
import { readSafetensorsHeader, readSafetensorsIndex } from './headers/read-safetensors-header.ts';

/** A model that is not in the registry, as files describe it. */
export type ReadModel = {
  readonly architecture: Architecture;
  /** Where that was read, what was assumed and what was left out, one sentence each. */
  readonly notes: readonly string[];
};

/** Weights and config may differ by so much: buffers that are stored, heads that are not. */
const SAME = 0.01;

/**
 * What the files of a model say of it: the config, checked against the weights, or a GGUF file alone.
 * Errors: those of their readers; `spec.invalid` for weights that tell no shape.
 */
export function readModelFiles(files: ModelFiles, id: string): ReadModel {
  const { config, weights, origin, notes } = files;
  const at = origin.revision === null ? '' : `, revision ${origin.revision.slice(0, 12)}`;
  const cited = `its shape is that of ${origin.location}${at}`;
  if (config !== null) {
    const { architecture, notes: assumed } = describeConfig(config, id);
    return {
      architecture,
      notes: [cited, ...assumed, ...compared(architecture, weights), ...notes],
    };
  }
  if (weights?.kind === 'gguf') {
    const { architecture } = readGgufHeader(weights.header, id);
    return { architecture, notes: [cited, ...notes] };
  }
  throw noShape(id, weights === null ? null : paramsOf(weights));
}

/** A sentence where weights hold another number of parameters than the config makes. */
function compared({ params }: Architecture, weights: WeightHeaders | null): readonly string[] {
  if (weights === null) return [];
  let held: number | null;
  try {
    held = paramsOf(weights);
  } catch (error) {
    // The config tells all that is needed.
    if (error instanceof KedgeError)
      return [`${weights.file} was not understood: ${error.message}`];
    throw error;
  }
  if (held === null || Math.abs(held / params - 1) <= SAME) return [];
  return [
    `${weights.file} holds ${formatCount(held)} numbers, where the config makes ${formatCount(params)} parameters`,
  ];
}

function paramsOf(weights: WeightHeaders): number | null {
  if (weights.kind === 'safetensors') return readSafetensorsHeader(weights.header).params;
  if (weights.kind === 'safetensors-index') return readSafetensorsIndex(weights.json).params;
  return readGgufHeader(weights.header, weights.file).params;
}

function noShape(id: string, params: number | null): KedgeError {
  const shown = id.slice(0, 128);
  const known = params === null ? '' : ` of ${formatCount(params)} parameters`;
  const size = params === null ? '8B' : formatCount(params);
  return new KedgeError('spec.invalid', `weights${known} alone do not tell the shape of ${shown}`, {
    hint: `put its config.json beside them, or add it: model: {params: ${size}, layers: 32, hidden: 4096}`,
  });
}
