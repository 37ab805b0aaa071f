import { KedgeError } from '../base/errors.ts';
import type { Context } from './context.ts';

/** What the work gives, unless the user interrupts first. */
export async function untilInterrupted<T>(
  { interrupt }: Pick<Context, 'interrupt'>,
  work: Promise<T>,
): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new KedgeError('cli.usage', 'interrupted'));
  interrupt.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    interrupt.removeEventListener('abort', stop);
  }
}
