import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import type { Model } from '../../../spec/task.ts';
import { type Architecture, architectureOf, inlineArchitecture } from './architecture.ts';
import { findModel, knownModels } from './known-models.ts';

const INLINE_EXAMPLE = 'model: {params: 8B, layers: 32, hidden: 4096, kv_heads: 8}';

/**
 * What is known of a task's model: the figures that the user gives, else the table's.
 * Errors: `spec.bad-value` for an id that the table does not have, a local folder (reading files
 * is not core's) or figures that contradict each other; `spec.invalid` for a model without size.
 */
export function resolveModel(model: Model): Architecture {
  if (model.params !== null) return inlineArchitecture(checked({ ...model, params: model.params }));
  if (model.id === null) {
    throw new KedgeError('spec.invalid', 'model has neither an id nor a parameter count', {
      hint: `give both size and shape, as in ${INLINE_EXAMPLE}`,
    });
  }
  const shape = findModel(model.id);
  if (shape === undefined) throw unknownModel(model.id);
  return architectureOf(shape);
}

function checked<M extends Model & { readonly params: number }>(model: M): M {
  for (const [field, value] of Object.entries(model)) {
    if (typeof value !== 'number' || (Number.isFinite(value) && value > 0)) continue;
    throw new KedgeError('spec.bad-value', `model.${field} is ${value}; it must be above zero`);
  }
  if (model.activeParams !== null && model.activeParams > model.params) {
    throw new KedgeError(
      'spec.bad-value',
      `model.active_params (${model.activeParams}) is more than model.params (${model.params})`,
    );
  }
  return model;
}

function unknownModel(id: string): KedgeError {
  const shown = id.slice(0, 128);
  const details = { model: shown };
  if (/^[.~/]|\.json$|\\/.test(id)) {
    return new KedgeError(
      'spec.bad-value',
      `model "${shown}" is a local file, which is not read yet`,
      {
        hint: `give its size and shape, as in ${INLINE_EXAMPLE}`,
        details,
      },
    );
  }
  const closest = closestModel(shown);
  const known = closest === undefined ? '' : `did you mean ${closest}? else `;
  return new KedgeError('spec.bad-value', `the shape of model "${shown}" is not known`, {
    hint: `${known}give its size and shape, as in ${INLINE_EXAMPLE}`,
    details: { ...details, closest: closest ?? null },
  });
}

/** By the whole id, else by its name without the owner. */
function closestModel(id: string): string | undefined {
  const ids = [...knownModels().keys()];
  const whole = closestWord(id, ids);
  if (whole !== undefined) return whole;
  const nameOf = (one: string): string => one.replace(/^.*\//, '');
  const name = closestWord(nameOf(id), ids.map(nameOf));
  return ids.find((one) => nameOf(one) === name);
}
