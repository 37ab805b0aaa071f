/** A bug in Kedge itself: never caught to be handled, only to be reported. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Crashes when an invariant of our own does not hold. Bad input is a KedgeError instead. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new AssertionFailure(`Kedge bug: ${what}`);
}

/** The default branch of an exhaustive switch; the compiler proves that it is never taken. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`Kedge bug: unexpected ${JSON.stringify(value)}`);
}
