import type { Socket } from 'node:net';
import { type ClientBase, Pool, types } from 'pg';
import { assert } from '../../../base/assert.ts';
import { KedgeError } from '../../../base/errors.ts';
import { refused, unavailable } from './postgres-error.ts';

/** Ten servers fit into the hundred connections that PostgreSQL allows by default. */
const CONNECTIONS_MAX = 10;
/** To connect, or to get one of the pool's connections. */
const CONNECT_MS_MAX = 5_000;
/** For one statement, in the server; waiting for a row included. */
const STATEMENT_MS_MAX = 15_000;
/** Without a word from a server that should answer; idle connections are closed before that. */
const REPLY_MS_MAX = 20_000;
/** A server of ours that froze in a transaction holds its rows no longer than this. */
const IDLE_IN_TRANSACTION_MS_MAX = 15_000;
/** In the form of `server_version_num`. */
const VERSION_MIN = 150_000;
/** Ours alone: the database may be an application's. */
export const SCHEMA = 'kedge';

/**
 * Connections to one database, made as they are needed. One that breaks is dropped and replaced,
 * so that the pool works again as soon as the database does.
 */
export function openPool(url: string, name: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'kedge',
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
    types: { getTypeParser },
    onConnect: (client) => prepare(client, name),
  });
  pool.on('error', ignore);
  return pool;
}

/** Host, port and database: what a URL tells that may be printed. Errors: `spec.bad-value`. */
export function databaseName(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const known = parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol);
  if (known && isEncoded(parsed.username) && isEncoded(parsed.password)) {
    return `${parsed.host}${parsed.pathname}`;
  }
  throw new KedgeError('spec.bad-value', 'DATABASE_URL is not the URL of a PostgreSQL database', {
    hint: 'write it as postgres://user:password@host:5432/database, a % in the password as %25',
  });
}

/** Each % begins the code of a character. */
function isEncoded(part: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(part);
}

type Server = { readonly version: number; readonly standby: boolean };

/** A failure here is the failure of the statement that needed the connection. */
async function prepare(client: ClientBase, name: string): Promise<void> {
  // One that breaks between two statements of a transaction tells it by the next statement; the
  // event that nobody listens to would end the process.
  client.on('error', ignore);
  giveUpWhenSilent(client);
  const { rows } = await client.query<Server>(SET_UP);
  const [server] = rows;
  assert(server !== undefined, 'the server tells its version');
  if (server.version < VERSION_MIN) {
    const major = Math.trunc(server.version / 10_000);
    throw refused(name, `it is PostgreSQL ${major}, and 15 or later is needed`);
  }
  if (server.standby) throw unavailable(name, 'it is a standby, and only a primary will do');
}

/**
 * By cutting the connection: pg's own time limit for a query would hand it to the next user with
 * the answer, perhaps to a `begin`, still to come.
 */
function giveUpWhenSilent(client: ClientBase): void {
  const { stream } = (client as ClientBase & HasStream).connection;
  stream.setTimeout(REPLY_MS_MAX, () => stream.destroy());
}

/** Not in pg's types; its pool relies on it too. */
type HasStream = { readonly connection: { readonly stream: Socket } };

/** What was acknowledged must be on the disk, whatever the database's own default. */
const SET_UP = `
  select current_setting('server_version_num')::int as version,
    pg_is_in_recovery() as standby,
    set_config('search_path', '${SCHEMA}', false),
    case current_setting('synchronous_commit') when 'off'
      then set_config('synchronous_commit', 'on', false) end`;

function ignore(): void {}

/** Integers are numbers, as they are in SQLite; pg gives those of eight bytes as text. */
const getTypeParser: typeof types.getTypeParser = (
  oid: number,
  format?: 'text' | 'binary',
): unknown =>
  oid === types.builtins.INT8 ? safeInteger : types.getTypeParser(oid, format as 'text');

function safeInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `${text} is no safe integer`);
  return value;
}
