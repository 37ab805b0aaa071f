import { KedgeError } from '../../base/errors.ts';
import type { ModelAbsence, ModelFiles, ModelSource } from '../../ports/model-source.ts';
import { absence, NOT_OURS, outOfReach } from './absence.ts';
import { HubClient } from './hub-client.ts';
import { type HubId, modelWord, parseHubId } from './hub-id.ts';
import { HubRepo } from './hub-repo.ts';
import { type Env, huggingFaceEnv } from './hugging-face-env.ts';
import { readModelFiles } from './read-model-files.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

const SOURCE = 'Hugging Face hub';

/** Without a network nothing may answer at all. */
const FIRST_ANSWER_MS = 3_000;
/** For all requests together; a header of GGUF with its vocabulary has some MB. */
const IN_ALL_MS = 8_000;

type Options = {
  readonly env: Env;
  readonly fetch?: typeof fetch;
  readonly firstAnswerMs?: number;
  readonly inAllMs?: number;
};

/**
 * Models on the Hugging Face hub, or one that speaks like it (`HF_ENDPOINT`). First it asks which
 * commit is meant and what files that has, then for those of that commit alone. Nothing is kept on
 * disk. Source: huggingface.co/docs/hub/api, "Repo info"; huggingface_hub, hf_api.py (model_info),
 * file_download.py.
 */
export function hubModels(options: Options): ModelSource {
  return {
    name: SOURCE,
    read: async (id, { signal } = {}) => {
      throwIfAborted(signal);
      const asked = parseHubId(id);
      if (asked === null) return NOT_OURS;
      const over = new AbortController();
      const end = (): void => over.abort(signal?.reason);
      signal?.addEventListener('abort', end, { once: true });
      try {
        return await readFrom(asked, { ...options, over: over.signal });
      } catch (error) {
        return absenceOf(error);
      } finally {
        signal?.removeEventListener('abort', end);
        // A transfer that nobody waits for any more.
        over.abort();
      }
    },
  };
}

type Reading = Options & { readonly over: AbortSignal };

async function readFrom(id: HubId, reading: Reading): Promise<ModelFiles | ModelAbsence> {
  const { endpoint: stated, token, offlineBy } = huggingFaceEnv(reading.env);
  const endpoint = endpointOf(stated);
  const { host } = endpoint;
  if (offlineBy !== null) return outOfReach(`${host} was not asked, as ${offlineBy} is set`);
  const hub = new HubRepo(id, {
    client: new HubClient({
      endpoint,
      token: checked(token),
      signal: reading.over,
      deadline: AbortSignal.timeout(reading.inAllMs ?? IN_ALL_MS),
      fetch: reading.fetch ?? fetch,
    }),
    host,
    hasToken: token !== null,
  });
  const { commit, names } = await hub.info(reading.firstAnswerMs ?? FIRST_ANSWER_MS);
  if (id.file !== null && !names.includes(id.file))
    return absence(`${host} does not have ${id.file} in ${id.repo}`);
  const files = await readModelFiles(hub.place(commit, names), {
    origin: { source: SOURCE, location: hub.page(commit), revision: commit },
    file: id.file,
    root: modelWord(id),
  });
  return files ?? absence(`${hub.page(commit)} holds no config.json, .safetensors or .gguf file`);
}

/** Error `spec.bad-value` for a variable that is none; it is not shown, as it may hold a password. */
function endpointOf(stated: string): URL {
  const url = URL.parse(stated);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== null && isHttp && url.username === '' && url.password === '') return url;
  throw new KedgeError('spec.bad-value', 'HF_ENDPOINT is no http URL without user and password', {
    hint: 'unset it, or set it to a hub, as in https://huggingface.co',
  });
}

function checked(token: string | null): string | null {
  if (token === null || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new KedgeError('model.denied', 'HF_TOKEN is no token: it holds blanks or the like', {
    hint: 'set it to a token of yours, as of https://huggingface.co/settings/tokens',
  });
}

/** What keeps a hub from having a model is a reason; any other error is one. */
function absenceOf(error: unknown): ModelAbsence {
  if (error instanceof KedgeError && error.code === 'model.not-found')
    return absence(error.message);
  if (error instanceof KedgeError && error.code === 'model.unreachable')
    return outOfReach(error.message);
  throw error;
}
