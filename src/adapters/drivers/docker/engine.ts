import type Docker from 'dockerode';
import type { NodeRef } from '../../../ports/driver.ts';
import { tokenOf } from './container-config.ts';
import { engineError, statusOf, wordsOf } from './engine-error.ts';
import { containerName } from './node-folder.ts';

/** For all but pulling an image; what takes longer may have happened, and is asked again. */
const ANSWER_MS_MAX = 30_000;
/** Statuses that say that there is no such container, and that it is in that state already. */
const ABSENT = 404;
const ALREADY = 304;
const CONFLICT = 409;

/** The requests that the driver makes of one engine. Errors: see `engineError`. */
export class Engine {
  readonly socket: string;
  readonly #docker: Docker;
  readonly #patient: Docker;

  private constructor(socket: string, options: { docker: Docker; patient: Docker }) {
    this.socket = socket;
    this.#docker = options.docker;
    this.#patient = options.patient;
  }

  /** Loads dockerode, which nothing but a container needs. */
  static async at(socketPath: string): Promise<Engine> {
    const { default: Client } = await import('dockerode');
    const docker = new Client({ socketPath, timeout: ANSWER_MS_MAX });
    return new Engine(socketPath, { docker, patient: new Client({ socketPath }) });
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
      return await request();
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
