import { assert } from '../base/assert.ts';
import { KedgeError } from '../base/errors.ts';
import { ByteMask } from '../base/redaction/byte-mask.ts';
import { redactText } from '../base/redaction/redact-text.ts';
import { secretForms } from '../base/redaction/secret-forms.ts';
import type { Driver, LogSlice, NodeRef, Observation } from '../ports/driver.ts';
import type { ExecPart } from '../ports/exec.ts';
import type { Secrets } from '../ports/secrets.ts';
import { redactError } from './redact-error.ts';

/**
 * A driver that tells no secret of a run: not in an error, nor in the reason for an end, nor in
 * its output. What becomes an event, an answer or a line of the log has come through here. A
 * driver that cannot mask output before it is kept does so when the node has ended, before that is
 * told: after it, nobody has the values any more. Takes a driver that is an object of functions.
 */
export function maskedDriver(driver: Driver, secrets: Secrets): Driver {
  const formsOf = async (ref: NodeRef): Promise<readonly string[]> =>
    secretForms(Object.values(await secrets.get(ref)));

  const masking = async <Result>(ref: NodeRef, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw redactError(error, await formsOf(ref));
    }
  };

  const maskSeen = async (ref: NodeRef, seen: Observation): Promise<Observation> => {
    if (seen.state !== 'ended' && seen.state !== 'unknown') return seen;
    const forms = await formsOf(ref);
    const told = { ...seen, reason: redactText(seen.reason, forms) };
    if (seen.state === 'unknown' || forms.length === 0) return told;
    try {
      await driver.maskLog?.(ref, forms);
      return told;
    } catch (error) {
      if (!(error instanceof KedgeError)) throw error;
      return { state: 'unknown', reason: `its output cannot be masked yet: ${error.message}` };
    }
  };

  return {
    ...driver,
    create: (spec) => masking(spec.ref, () => driver.create(spec)),
    stop: (ref, options) => masking(ref, () => driver.stop(ref, options)),
    observe: async (refs) => {
      const [first] = refs;
      if (first === undefined) return [];
      const seen = await masking(first, () => driver.observe(refs));
      return Promise.all(seen.map((one, index) => maskSeen(refs[index]!, one)));
    },
    exec: async function* (ref, request) {
      const forms = await formsOf(ref);
      const parts = driver.exec(ref, request);
      try {
        yield* forms.length === 0 ? parts : maskedParts(parts, forms);
      } catch (error) {
        throw redactError(error, forms);
      }
    },
    readLog: (ref, options) =>
      masking(ref, async () => {
        const forms = driver.maskLog === undefined ? [] : await formsOf(ref);
        if (forms.length === 0) return driver.readLog(ref, options);
        return readMasked((slice) => driver.readLog(ref, slice), { ...options, forms });
      }),
  };
}

/** Of two streams: what one of them holds back is not completed by the other. */
async function* maskedParts(
  parts: AsyncIterable<ExecPart>,
  forms: readonly string[],
): AsyncGenerator<ExecPart> {
  const masks = { stdout: new ByteMask(forms), stderr: new ByteMask(forms) };
  for await (const part of parts) {
    if ('exitCode' in part) {
      for (const stream of ['stdout', 'stderr'] as const) {
        const bytes = masks[stream].end();
        if (bytes.length > 0) yield { stream, bytes };
      }
      yield part;
    } else yield { ...part, bytes: masks[part.stream].take(part.bytes) };
  }
}

type Part = { readonly offset: number; readonly maxBytes: number };

/** A part of an output that is kept as it came: looked at with as much around it as is needed. */
async function readMasked(
  read: (part: Part) => Promise<LogSlice>,
  { offset, maxBytes, forms }: Part & { readonly forms: readonly string[] },
): Promise<LogSlice> {
  const mask = new ByteMask(forms);
  const until = offset + maxBytes + mask.reach;
  let start = Math.max(0, offset - mask.reach);
  let [at, ended, isCut] = [start, false, false];
  let parts: Uint8Array[] = [];
  while (at < until && !ended) {
    const slice = await read({ offset: at, maxBytes: until - at });
    if (slice.nextOffset !== at + slice.bytes.length) {
      // Something was dropped here. It is told to who comes to it; what precedes it ends here.
      isCut = at > offset;
      if (isCut) break;
      if (slice.nextOffset > offset) return slice;
      parts = [];
      start = slice.nextOffset;
    } else if (slice.bytes.length === 0) {
      ended = slice.ended;
      break;
    } else parts.push(slice.bytes);
    at = slice.nextOffset;
    ended = slice.ended;
  }
  const whole = new Uint8Array(Buffer.concat(parts));
  const shown = [mask.take(whole), ...(ended || isCut ? [mask.end()] : [])];
  const bytes = Buffer.concat(shown).subarray(offset - start, offset - start + maxBytes);
  assert(bytes.length <= maxBytes, 'a part of a log is longer than was asked for');
  const nextOffset = offset + bytes.length;
  return { bytes, nextOffset, ended: ended && nextOffset >= at };
}
