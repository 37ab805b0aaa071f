import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import type { Model } from '../../../spec/task.ts';
import { type Architecture, architectureOf } from './architecture.ts';
import { type InlineModel, type InlineShape, inlineArchitecture } from './inline-architecture.ts';
import { findModel, knownModelIds } from './known-models.ts';

const INLINE_EXAMPLE = 'model: {params: 8B, layers: 32, hidden: 4096, kv_heads: 8}';

/** No model has more parameters, or a layer more of anything. */
const PARAMS_MAX = 1e15;
const COUNT_MAX = 1e9;

/**
 * What is known of a task's model: the figures that the user gives, else the table's.
 * Errors: `spec.bad-value` for an id that the table does not have, absurd figures or two that contradict each other; `spec.invalid` for a model
 * without size.
 */
export function resolveModel(model: Model & Partial<InlineShape>): Architecture {
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

function checked(model: InlineModel): InlineModel {
  for (const [field, value] of Object.entries(model)) {
    if (typeof value === 'number') checkSize(snakeCase(field), value);
  }
  refuseMore(model, 'activeParams', 'params');
  refuseMore(model, 'expertsPerToken', 'experts');
  refuseMore(model, 'routedLayers', 'layers');
  refuseMore(model, 'windowLayers', 'layers');
  refuseMore(model, 'kvHeads', 'heads');
  const { heads, kvHeads } = model;
  if (heads !== null && kvHeads !== null && heads % kvHeads !== 0)
    throw bad(`model.kv_heads (${kvHeads}) does not divide model.heads (${heads})`);
  return model;
}

function checkSize(field: string, value: number): void {
  const most = field.endsWith('params') ? PARAMS_MAX : COUNT_MAX;
  if (!Number.isFinite(value) || value <= 0)
    throw bad(`model.${field} is ${value}; it must be above zero`);
  if (value > most) throw bad(`model.${field} is ${value}; no model has more than ${most}`);
}

/** Refuses a part that is more than the whole. */
function refuseMore(model: InlineModel, part: keyof InlineModel, whole: keyof InlineModel): void {
  const [some, all] = [model[part], model[whole]];
  if (typeof some !== 'number' || typeof all !== 'number' || some <= all) return;
  throw bad(`model.${snakeCase(part)} (${some}) is more than model.${snakeCase(whole)} (${all})`);
}

function bad(what: string): KedgeError {
  return new KedgeError('spec.bad-value', what);
}

/** A field as the task file writes it. */
function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The refusal of an id that nobody has; `cause` says where it was looked for. */
export function unknownModel(id: string, cause?: KedgeError): KedgeError {
  const shown = id.slice(0, 128);
  const details = { model: shown };
  const closest = closestModel(shown);
  const known = closest === undefined ? '' : `did you mean ${closest}? else `;
  const where = cause === undefined ? '' : `: ${cause.message}`;
  return new KedgeError('spec.bad-value', `the shape of model "${shown}" is not known${where}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: `${known}give its size and shape, as in ${INLINE_EXAMPLE}`,
    details: { ...details, closest: closest ?? null },
  });
}

/** By the whole id, else by its name without the owner. */
function closestModel(id: string): string | undefined {
  const ids = knownModelIds();
  const whole = closestWord(id, ids);
  if (whole !== undefined) return whole;
  const nameOf = (one: string): string => one.replace(/^.*\//, '');
  const name = closestWord(nameOf(id), ids.map(nameOf));
  return ids.find((one) => nameOf(one) === name);
}
