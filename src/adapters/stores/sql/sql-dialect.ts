import type { Kysely, RawBuilder } from 'kysely';
import type { KedgeError } from '../../../base/errors.ts';
import type { EpochMs } from '../../../base/time.ts';
import type { Tables } from './tables.ts';

/** What a database does in its own way; the store above is the same over all of them. */
export type SqlDialect = {
  /**
   * Several processes write to it at once: what is read to be changed is locked first, row by
   * row.
   */
  readonly shared: boolean;
  readonly columns: ColumnTypes;
  /** Gives a row if we have that table. */
  readonly findTable: (name: string) => RawBuilder<unknown>;
  /** Makes a place for our tables; until the transaction ends nobody else changes it. */
  readonly claimSchema: (db: Kysely<Tables>) => Promise<void>;
  /**
   * Whether the commits that follow wait for the disk. What they hold survives the death of the
   * process in any case, and that of the machine only when they do. Absent where it is all one.
   */
  readonly setDurable?: (db: Kysely<Tables>, durable: boolean) => Promise<void>;
  /** Until the transaction ends nobody else is placed in that pool. */
  readonly lockPool: (tx: Kysely<Tables>, pool: string) => Promise<void>;
  /** The only clock for leases and deadlines. */
  readonly now: (db: Kysely<Tables>) => Promise<EpochMs>;
  readonly errors: StateErrors;
};

/** Words of the schema that databases spell differently. */
export type ColumnTypes = {
  /** Holds every safe integer. */
  readonly integer: string;
  /** Ordered by its bytes, everywhere alike. */
  readonly text: string;
  /** After the columns of a table whose rows are found by their whole key. */
  readonly keyed: string;
  /** After the columns of any other table. */
  readonly plain: string;
};

/** Errors about this one database, which they name; never with a password. */
export type StateErrors = {
  /** The operational error behind a failure; a refusal of our own or a bug as it is. */
  readonly operational: (cause: unknown) => unknown;
  /** State that cannot be read: told with the way to go on, and never deleted by us. */
  readonly corrupt: (found: { readonly what: string; readonly cause?: unknown }) => KedgeError;
  /** The refusal to read what a later version wrote. */
  readonly newer: (what: string) => KedgeError;
};
