import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerInfo } from 'dockerode';
import type { Podman } from '../live/podman.ts';

const LOOK_MS = 250;
const FOREIGN = { 'kedge.installation': 'foreign', 'kedge.token': 'foreign' };

/** What an engine itself lists, looked at all the while: containers come and go. */
export class Containers {
  readonly #podman: Podman;
  readonly #image: string;
  /** By `run attempt rank`. */
  readonly #idsByNode = new Map<string, Set<string>>();
  #foreignId = '';
  #closing = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(podman: Podman, image: string) {
    this.#podman = podman;
    this.#image = image;
  }

  /** With a container of another installation, which must be left alone. */
  async open(): Promise<void> {
    const options = { Image: this.#image, Labels: FOREIGN, Cmd: ['sleep', '3600'] };
    const foreign = await this.#podman.docker.createContainer(options);
    await foreign.start();
    this.#foreignId = foreign.id;
    this.#watching = this.#watch();
  }

  /** `attempt rank` for each container that was ever seen of a run. */
  nodesOf(runId: string): readonly string[] {
    return [...this.#idsByNode]
      .filter(([node]) => node.startsWith(`${runId} `))
      .flatMap(([node, ids]) =>
        Array.from({ length: ids.size }, () => node.slice(runId.length + 1)),
      );
  }

  /** Tokens of the containers that are there now, ours all, and whether the foreign one runs. */
  async left(): Promise<{ readonly tokens: readonly string[]; readonly foreignRuns: boolean }> {
    const all = await this.#list();
    const foreign = all.find(({ Id }) => Id === this.#foreignId);
    const tokens = all.filter((one) => one !== foreign).map(({ Labels }) => Labels['kedge.token']!);
    return { tokens, foreignRuns: foreign?.State === 'running' };
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#closing) {
      for (const { Id, Labels } of await this.#list()) {
        const words = ['run', 'attempt', 'rank'].map((name) => Labels[`kedge.${name}`]);
        const ids = this.#idsByNode.get(words.join(' ')) ?? new Set();
        this.#idsByNode.set(words.join(' '), ids.add(Id));
      }
      await delay(LOOK_MS);
    }
  }

  /** Podman fails to list a container whose process ends just then: it is asked again. */
  async #list(): Promise<readonly ContainerInfo[]> {
    for (;;) {
      try {
        return await this.#podman.docker.listContainers({ all: true });
      } catch (error) {
        if (!/no such process/.test(String(error))) throw error;
        await delay(LOOK_MS);
      }
    }
  }
}
