import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { NodeRef } from '../../../ports/driver.ts';
import { tokenOf } from './container-config.ts';
import { engineError, noReply, statusOf, wordsOf } from './engine-error.ts';
import { EnginePulse, PING_MS_MAX } from './engine-pulse.ts';
import { containerName } from './node-folder.ts';

/** For all but pulling an image; what takes longer may have happened, and is asked again. */
const ANSWER_MS_MAX = 30_000;
/** Statuses that say that there is no such container, and that it is in that state already. */
const ABSENT = 404;
const ALREADY = 304;
const CONFLICT = 409;
/** Of a container that a command is to run in. */
const NOT_RUNNING = [ABSENT, CONFLICT];
const LOOK_MS = 20;
/** Source: bash(1), EXIT STATUS: ended by SIGKILL. */
const KILLED = 137;

/** A command that has been started in a container. */
export type ExecSession = {
  /** Its input, and its output in the engine's frames. */
  readonly stream: Duplex;
  /** To be asked for when the output has ended. */
  readonly exitCode: () => Promise<number>;
};
/** Podman says 500 of a container that does not run. */
const NOT_LIVE = [ABSENT, CONFLICT, 500];

/** The requests that the driver makes of one engine. Errors: see `engineError`. */
export class Engine {
  readonly socket: string;
  readonly #docker: Docker;
  readonly #patient: Docker;
  readonly #pulse: EnginePulse;

  private constructor(socket: string, options: { docker: Docker; patient: Docker; quick: Docker }) {
    this.socket = socket;
    this.#docker = options.docker;
    this.#patient = options.patient;
    this.#pulse = new EnginePulse(socket, () => options.quick.ping());
  }

  /** Loads dockerode, which nothing but a container needs. */
  static async at(socketPath: string): Promise<Engine> {
    const { default: Client } = await import('dockerode');
    const docker = new Client({ socketPath, timeout: ANSWER_MS_MAX });
    const quick = new Client({ socketPath, timeout: PING_MS_MAX });
    return new Engine(socketPath, { docker, quick, patient: new Client({ socketPath }) });
  }

  /** Null when the engine has no container of that node. */
  async inspect(ref: NodeRef): Promise<Docker.ContainerInspectInfo | null> {
    const seen = await this.#ask('look at a container', () => this.#container(ref).inspect(), [
      ABSENT,
    ]);
    return seen !== null && tokenOf(seen.Config.Labels ?? {}) === ref.token ? seen : null;
  }

  /** The same name twice makes one. */
  async create(config: Docker.ContainerCreateOptions): Promise<void> {
    await this.#ask('create the container', () => this.#docker.createContainer(config), [CONFLICT]);
  }

  /** What a container that runs has used; null when there is none that runs. */
  async stats(ref: NodeRef): Promise<Docker.ContainerStats | null> {
    const options = { stream: false, 'one-shot': true } as const;
    const container = this.#container(ref);
    const told = await this.#ask('sample a container', () => container.stats(options), NOT_LIVE);
    // Of one that has ended Docker tells zeros.
    return told !== null && told.memory_stats?.usage !== undefined ? told : null;
  }

  /** Of the processes of a container, as this machine numbers them. */
  async pids(ref: NodeRef): Promise<readonly number[]> {
    const container = this.#container(ref);
    const told = await this.#ask('list processes', () => container.top(), NOT_LIVE);
    const column = told?.Titles.indexOf('PID') ?? -1;
    return (told?.Processes ?? []).map((row: readonly string[]) => Number(row[column]));
  }

  async start(ref: NodeRef): Promise<void> {
    const allowed = [ALREADY, ABSENT];
    await this.#ask('start the container', () => this.#container(ref).start(), allowed);
  }

  /** Nothing happens to one that has ended. */
  async kill(ref: NodeRef, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const seen = await this.inspect(ref);
    if (seen === null || !seen.State.Running) return;
    const allowed = [ABSENT, CONFLICT, 500];
    await this.#ask('signal the container', () => this.#container(ref).kill({ signal }), allowed);
  }

  /** Ended or not. */
  async remove(ref: NodeRef): Promise<void> {
    if ((await this.inspect(ref)) === null) return;
    const options = { force: true, v: true };
    const allowed = [ABSENT, CONFLICT];
    await this.#ask('remove the container', () => this.#container(ref).remove(options), allowed);
  }

  /** Labels of all containers, live or ended, that bear one. */
  async labelsOfAll(label: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const options = { all: true, filters: { label: [label] } };
    const all = await this.#ask('list containers', () => this.#docker.listContainers(options), []);
    return (all ?? []).map(({ Labels }) => Labels);
  }

  async hasImage(image: string): Promise<boolean> {
    const found = () => this.#docker.getImage(image).inspect();
    return (await this.#ask(`look for the image ${image}`, found, [ABSENT])) !== null;
  }

  /** Null when it is there now, else why it could not be had: in the engine's words. */
  async pull(image: string): Promise<string | null> {
    const told = await this.#ask(
      `pull the image ${image}`,
      async () => lastWords(this.#patient, await this.#patient.pull(image)),
      [],
    );
    return told ?? null;
  }

  /** Null when the container does not run. */
  async exec(
    ref: NodeRef,
    { command, hasStdin }: { readonly command: readonly string[]; readonly hasStdin: boolean },
  ): Promise<ExecSession | null> {
    const what = 'run a command';
    const options = { AttachStdin: hasStdin, AttachStdout: true, AttachStderr: true };
    const Cmd = [...command];
    const make = () => this.#patient.getContainer(containerName(ref)).exec({ ...options, Cmd });
    const made = await this.#ask(what, make, NOT_RUNNING);
    if (made === null) return null;
    const start = () => made.start({ hijack: true, stdin: hasStdin });
    const stream = await this.#ask(what, start, NOT_RUNNING);
    if (stream === null) return null;
    return { stream, exitCode: () => this.#exitCode(ref, made) };
  }

  /** Waits for nothing. */
  async execDetached(ref: NodeRef, command: readonly string[]): Promise<void> {
    const Cmd = [...command];
    const made = await this.#ask('run a command', () => this.#container(ref).exec({ Cmd }), [
      ...NOT_RUNNING,
    ]);
    await made?.start({ Detach: true });
  }

  /** Known a moment after the end of the output. */
  async #exitCode(ref: NodeRef, made: Docker.Exec): Promise<number> {
    for (const until = performance.now() + ANSWER_MS_MAX; performance.now() < until; ) {
      const seen = await this.#ask('look at a command', () => made.inspect(), [ABSENT, 500]);
      if (seen !== null && !seen.Running && seen.ExitCode !== null) return seen.ExitCode;
      // With its container all that is known of it is gone.
      if (seen === null && !(await this.inspect(ref))?.State.Running) return KILLED;
      await delay(LOOK_MS);
    }
    throw noReply(this.socket, 'it does not tell how a command ended');
  }

  #container(ref: NodeRef): Docker.Container {
    return this.#docker.getContainer(containerName(ref));
  }

  /** Null for the statuses that are as good as an answer. */
  async #ask<Reply>(
    what: string,
    request: () => Promise<Reply>,
    allowed: readonly number[],
  ): Promise<Reply | null> {
    try {
      return await this.#pulse.while(request);
    } catch (error) {
      const status = meaningOf(error);
      if (status !== null && allowed.includes(status)) return null;
      throw engineError(error, { what, socket: this.socket });
    }
  }
}

/** Podman has status 500 for much of what its locks have let come between. */
function meaningOf(error: unknown): number | null {
  const status = statusOf(error);
  if (status === 500 && /no such container/i.test(wordsOf(error))) return ABSENT;
  if (status === 500 && /container state improper|not running/i.test(wordsOf(error)))
    return CONFLICT;
  if (status === 500 && /name .* is already in use/i.test(wordsOf(error))) return CONFLICT;
  return status;
}

/** The error that ends a pull: Docker fails the stream, Podman writes it as a last line. */
function lastWords(docker: Docker, stream: NodeJS.ReadableStream): Promise<string | null> {
  return new Promise((resolve) => {
    docker.modem.followProgress(stream, (failure, lines: readonly { error?: string }[]) => {
      if (failure) resolve(wordsOf(failure));
      else resolve(lines.findLast(({ error }) => error !== undefined)?.error ?? null);
    });
  });
}
