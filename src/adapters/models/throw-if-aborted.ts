import type { Interrupt } from '../../ports/model-source.ts';

/** Throws the reason of a signal that has been given. */
export function throwIfAborted(signal: Interrupt | undefined): void {
  if (signal?.aborted === true) throw signal.reason;
}
