import type { SolveRequest } from '../app/solve.ts';
import type { Driver } from '../ports/driver.ts';
import type { Feed } from '../ports/feed.ts';
import type { FindModel } from '../ports/model-source.ts';
import type { Solver } from '../ports/solver.ts';
import type { Home } from '../sdk/home.ts';

/** The terminal, or what stands in for it. stdout is data, stderr everything else. */
export type Io = {
  readonly out: (text: string | Uint8Array) => void;
  readonly err: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  /** Of the terminal; 80 elsewhere. */
  readonly columns: number;
};

/** What the command line needs of the adapters, which only main.ts knows; each loads on demand. */
export type Wiring = {
  readonly feeds: () => Promise<readonly Feed[]>;
  readonly drivers: () => Promise<readonly Driver[]>;
  readonly solver: () => Promise<Solver>;
  /** Looks for models in a folder, from which relative paths start, in the cache and on the hub. */
  readonly models: (baseDir: string) => Promise<FindModel>;
  /** Threads of the genetic searcher. */
  readonly islands?: SolveRequest['islands'];
  readonly trees?: SolveRequest['trees'];
  /** Runs the server in this process until it is asked to end. */
  readonly serve: (options: { readonly port: number; readonly ready: () => void }) => Promise<void>;
  /** Starts a server process in the background; resolves when it listens. */
  readonly spawnServer: (options: {
    readonly port: number;
    readonly env: Context['env'];
  }) => Promise<void>;
};

export type Context = {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: Home;
  readonly version: string;
  readonly wiring: Wiring;
  /** Aborts when the user interrupts. */
  readonly interrupt: AbortSignal;
  /** The exit code of the process when nothing fails; 0 until set. */
  readonly exit: { code: number };
};
