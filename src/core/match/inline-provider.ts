/** Provider of the offers that a task file brings itself. */
export const INLINE_PROVIDER = 'inline';
