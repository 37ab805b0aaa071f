import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../base/errors.ts';
import type { Interrupt, ModelAbsence, ModelFiles, ModelSource } from '../../ports/model-source.ts';
import { absence, NOT_OURS, outOfReach } from './absence.ts';
import { chainSources } from './chain-sources.ts';

const FILES: ModelFiles = {
  found: true,
  origin: { source: 'folder', location: '/m', revision: null },
  config: {},
  weights: null,
  notes: [],
};

function source(name: string, answer: ModelFiles | ModelAbsence | Error): ModelSource {
  const read = async (): Promise<ModelFiles | ModelAbsence> => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { name, read };
}

/** One that must not be asked. */
const unasked: ModelSource = { name: 'unasked', read: () => assert.fail('it was asked') };

async function errorOf(...sources: readonly ModelSource[]): Promise<KedgeError> {
  const error = await chainSources(sources)('o/m').then(
    () => assert.fail('found'),
    (e) => e,
  );
  assert.ok(error instanceof KedgeError, String(error));
  return error;
}

describe('sources one after the other', () => {
  it('are asked until one has the model', async () => {
    const find = chainSources([source('a', absence('no')), source('b', FILES), unasked]);
    assert.equal(await find('o/m'), FILES);
  });

  it('are all quoted when none has it, but for those that have no such names', async () => {
    const error = await errorOf(
      source('folder', absence('there is no /o/m')),
      source('other', NOT_OURS),
      source('hub', absence('hub.test does not have o/m')),
    );
    assert.equal(error.code, 'model.not-found');
    const said = 'model "o/m" was not found: there is no /o/m; hub.test does not have o/m';
    assert.equal(error.message, said);
    assert.match(error.hint ?? '', /config\.json.*model: \{params: 8B/);
    assert.deepEqual(error.details['said'], [
      { source: 'folder', why: 'there is no /o/m' },
      { source: 'hub', why: 'hub.test does not have o/m' },
    ]);
  });

  it('of which one could not be asked may have it later', async () => {
    const error = await errorOf(source('a', absence('no')), source('b', outOfReach('no network')));
    assert.deepEqual([error.code, error.retry], ['model.unreachable', 'later']);
    assert.match(error.message, /no; no network/);
  });

  it('end with the error of one: what is broken here is not looked for elsewhere', async () => {
    const broken = new KedgeError('model.unreadable', 'cannot read /m/config.json');
    assert.equal(await errorOf(source('a', broken), unasked), broken);
  });

  it('that know no such names say so, and what is absurdly long is cut', async () => {
    assert.match((await errorOf(source('a', NOT_OURS))).message, /nothing .* is called so/);
    const long = chainSources([source('a', NOT_OURS)])('x'.repeat(9999));
    await assert.rejects(long, ({ message }: Error) => message.length < 300);
  });

  it('pass on who waits for them', async () => {
    const { signal } = new AbortController();
    let seen: Interrupt | undefined;
    const read: ModelSource['read'] = async (_, options) => {
      seen = options?.signal;
      return FILES;
    };
    await chainSources([{ name: 'a', read }])('o/m', { signal });
    assert.equal(seen, signal);
  });
});
