import type { Architecture } from '../models/architecture.ts';
import { familyOf, modelOfShape, modelOfSizes } from './complete-model.ts';
import type { MeasurementRow } from './measurement-row.ts';
import { modelNames, paramsOf } from './model-name.ts';
import { readNotes, type ShapeNotes } from './read-notes.ts';
import { networkOfParams, statedSample, wholeImage } from './read-sample.ts';
import { registeredModel } from './registered-model.ts';

type Cells = Pick<MeasurementRow, 'kind' | 'model' | 'params_B' | 'arch_notes' | 'seq_len'>;

/**
 * The model of a row: the registry's where it has the name and the row does not contradict it, at
 * the input size that the row states; else completed from the figures that the row states itself.
 * A sentence where neither says enough.
 */
export function readModel(row: Cells): Architecture | string {
  const notes = readNotes(row);
  const sizes = paramsOf(row.params_B);
  const known = registeredModel(modelNames(row.model), notes.pixels);
  if (known !== undefined && agrees(known, notes, sizes?.params ?? null)) {
    if (known.family === 'diffusion' && row.kind === 'infer') return wholeImage(known, notes);
    return notes.macs === null && notes.activations === null ? known : statedSample(known, notes);
  }
  const { hidden, macs } = notes;
  if (macs !== null)
    return statedSample(networkOfParams(row.model, sizes?.params ?? USUAL_NETWORK), notes);
  if (hidden !== null && (notes.layers !== null || sizes !== null)) {
    return modelOfShape(row.model, { ...notes, hidden }, sizes);
  }
  const name = JSON.stringify(row.model);
  if (sizes === null) return `the shape of ${name} is not known, and the row states none`;
  const family = known?.family ?? familyOf(`${row.model} ${row.arch_notes}`);
  const ofTokens = family === 'decoder' || family === 'encoder-decoder' || family === 'encoder';
  if (ofTokens && notes.pixels === null) return modelOfSizes(row.model, notes, sizes);
  return `the multiply-adds of an image of ${name} are not known, and the row states none`;
}

/** Parameters of a network of which only the multiply-adds are stated: ResNet-50's. */
const USUAL_NETWORK = 25.6e6;

/** How far a stated size may be off the registry's: embeddings and adapters count or do not. */
const SIZE_TOLERANCE = 0.15;

function agrees(known: Architecture, notes: ShapeNotes, params: number | null): boolean {
  if (notes.layers !== null && notes.layers !== known.layers) return false;
  if (notes.hidden !== null && notes.hidden !== known.hidden) return false;
  if (notes.macs !== null && known.sample === null) return false;
  return params === null || Math.abs(Math.log(params / known.params)) < SIZE_TOLERANCE;
}
