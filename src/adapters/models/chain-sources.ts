import { KedgeError } from '../../base/errors.ts';
import type { FindModel, ModelAbsence, ModelSource } from '../../ports/model-source.ts';

const DECLARED = 'give the size of the model, as in model: {params: 8B, layers: 32, hidden: 4096}';

/** Asks sources in their order, until one has the model; else one error says what each answered. */
export function chainSources(sources: readonly ModelSource[]): FindModel {
  return async (id, options) => {
    const answers: Answer[] = [];
    for (const source of sources) {
      const answer = await source.read(id, options);
      if (answer.found) return answer;
      answers.push({ source: source.name, ...answer });
    }
    throw nowhere(id.slice(0, 128), answers);
  };
}

type Answer = ModelAbsence & { readonly source: string };

function nowhere(model: string, answers: readonly Answer[]): KedgeError {
  const said = answers.flatMap(({ source, why }) => (why === null ? [] : [{ source, why }]));
  const isOutOfReach = answers.some((answer) => answer.isOutOfReach);
  const reasons = said.map(({ why }) => why).join('; ');
  return new KedgeError(
    isOutOfReach ? 'model.unreachable' : 'model.not-found',
    `model ${JSON.stringify(model)} was not found: ${reasons || 'nothing that is looked in is called so'}`,
    {
      hint: `give the path of its folder or config.json, or ${DECLARED}`,
      details: { model, said },
    },
  );
}
