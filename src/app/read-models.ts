import type { ModelBook } from '../core/demand/estimate-demand.ts';

export type { ModelBook };

import { KedgeError } from '../base/errors.ts';
import type { ReadModel } from '../core/demand/models/read-model-files.ts';
import type { FindModel, Interrupt } from '../ports/model-source.ts';
import type { Task } from '../spec/task.ts';

/** What is a path for sure, whatever a registry has. */
const PATH = /^[.~/\\]|\.(?:json|gguf|safetensors)$/i;

/** Where models are looked for, loaded when one has to be. */
export type ModelFinder = {
  readonly find: () => Promise<FindModel>;
  readonly signal?: Interrupt;
};

/**
 * The models of some tasks that the registry does not have, read where `find` finds them: each is
 * asked for once. Errors: those of `find` and of the files' readers.
 */
export async function readModels(
  tasks: readonly Pick<Task, 'model'>[],
  { find, signal }: ModelFinder,
): Promise<ModelBook> {
  const asked = new Set(
    tasks.flatMap(({ model }) =>
      model === null || model.id === null || model.params !== null ? [] : [model.id],
    ),
  );
  const book = new Map<string, ReadModel>();
  if (asked.size === 0) return book;
  const { findModel } = await import('../core/demand/models/known-models.ts');
  const unknown = [...asked].filter((id) => PATH.test(id) || findModel(id) === undefined);
  if (unknown.length === 0) return book;
  const findOne = await find();
  for (const id of unknown) book.set(id, await read(id, findOne, signal));
  return book;
}

async function read(
  id: string,
  find: FindModel,
  signal: Interrupt | undefined,
): Promise<ReadModel> {
  const { readModelFiles } = await import('../core/demand/models/read-model-files.ts');
  try {
    return readModelFiles(await find(id, { signal }), id);
  } catch (error) {
    // Nobody has it: whoever mistyped a known one is told which was meant.
    if (!(error instanceof KedgeError) || error.code !== 'model.not-found' || PATH.test(id))
      throw error;
    const { unknownModel } = await import('../core/demand/models/resolve-model.ts');
    throw unknownModel(id, error);
  }
}
