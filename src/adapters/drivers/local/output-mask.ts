import { ByteMask } from '../../../base/redaction/byte-mask.ts';
import { redactText } from '../../../base/redaction/redact-text.ts';
import { secretForms } from '../../../base/redaction/secret-forms.ts';
import type { SpecRecord } from './records.ts';

/** Keeps the values of a task's secrets out of what is written of it. */
export type OutputMask = {
  /** Of the output: before it is on the disk. */
  readonly bytes: ByteMask;
  /** Of a sentence on how it ended. */
  readonly text: (text: string) => string;
};

export const NO_MASK: OutputMask = { bytes: new ByteMask([]), text: (text) => text };

/** A spec of an older version names none. */
export function outputMask({ envs, secretNames = [] }: SpecRecord): OutputMask {
  const forms = secretForms(secretNames.flatMap((name) => envs[name] ?? []));
  return { bytes: new ByteMask(forms), text: (text) => redactText(text, forms) };
}
