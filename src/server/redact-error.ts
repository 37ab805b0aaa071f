import { redactText } from '../base/redaction/redact-text.ts';

/** Deeper than any error of ours; what lies below is left out. */
const DEPTH_MAX = 8;

type Texts = (text: string) => string;

/**
 * An error that tells no secret, wherever it is told: message, hint and details to a client, those
 * and the trace to the log. It stays the same error; what hangs on it is copied.
 */
export function redactError(error: unknown, forms: readonly string[]): unknown {
  return forms.length === 0 ? error : redactValue(error, (text) => redactText(text, forms), 0);
}

function redactValue(value: unknown, redact: Texts, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return null;
  if (value instanceof Error) return redactedInPlace(value, redact, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact, depth + 1));
  // Bytes and the like: not for an error to show.
  if (Object.getPrototypeOf(value) !== Object.prototype) return null;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [redact(key), redactValue(inner, redact, depth + 1)]),
  );
}

/** Message, trace and cause are no enumerable properties, and yet are logged. */
function redactedInPlace(error: Error, redact: Texts, depth: number): Error {
  for (const key of Object.getOwnPropertyNames(error)) {
    const { writable, value } = Object.getOwnPropertyDescriptor(error, key)!;
    const redacted = redactValue(value ?? Reflect.get(error, key), redact, depth + 1);
    if (writable !== false) Reflect.set(error, key, redacted);
  }
  return error;
}
