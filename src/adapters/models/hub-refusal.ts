import { KedgeError } from '../../base/errors.ts';
import type { HubId } from './hub-id.ts';
import { unreadable } from './model-place.ts';

type Asked = {
  readonly id: HubId;
  /** Of the hub. */
  readonly host: string;
  /** Of the model, for people. */
  readonly page: string;
  /** The URL that was asked. */
  readonly shown: string;
  readonly hasToken: boolean;
};

/** How a hub tells a token that it does not know; any other 401 says that there is no model. */
const WRONG_TOKEN = 'Invalid credentials in Authorization header';

/**
 * What a hub's refusal means. It answers 401 without a token for what does not exist and for what is
 * private alike; the header X-Error-Code tells more.
 * Source: huggingface_hub, utils/_http.py, hf_raise_for_status.
 */
export function refusal({ status, headers }: Response, asked: Asked): KedgeError {
  const { id, host, shown } = asked;
  const code = headers.get('x-error-code');
  if (code === 'GatedRepo') return gated(asked);
  if (code === 'EntryNotFound') return unreadable(shown, 'it is not there');
  if (code === 'RevisionNotFound') {
    const why = `${host} has no revision "${id.revision}" of ${id.repo}`;
    return new KedgeError('model.not-found', why);
  }
  if (status === 401 && headers.get('x-error-message') === WRONG_TOKEN) {
    return new KedgeError('model.denied', `${host} does not know the token in HF_TOKEN`, {
      hint: `make a new one at https://${host}/settings/tokens`,
    });
  }
  if (code === 'RepoNotFound' || status === 401 || status === 404) return missing(asked);
  if (status === 403) {
    return new KedgeError('model.denied', `${host} refuses access to ${id.repo} (403)`, {
      hint: `look at ${asked.page}; a token in HF_TOKEN may lack the right to read it`,
    });
  }
  return new KedgeError('model.unreachable', `${host} answers ${status}`);
}

function gated({ id, page, hasToken }: Asked): KedgeError {
  const then = hasToken ? 'with the account of HF_TOKEN' : 'and set HF_TOKEN to a token of yours';
  return new KedgeError('model.denied', `${id.repo} is gated: its terms have to be accepted`, {
    hint: `accept them at ${page} ${then}, or give the size of the model (model: {params: 8B, …})`,
    details: { model: id.repo, page },
  });
}

function missing({ id, host, hasToken }: Asked): KedgeError {
  const or = hasToken ? 'or not for HF_TOKEN' : 'or only for those with a token (HF_TOKEN)';
  return new KedgeError('model.not-found', `${host} does not have ${id.repo}, ${or}`);
}
