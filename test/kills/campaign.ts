import { setTimeout as delay } from 'node:timers/promises';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import { type Podman, TEST_IMAGE } from '../live/podman.ts';
import { Containers } from './containers.ts';
import { drawErrand } from './errands.ts';
import { Installation, type ServerEnd } from './installation.ts';
import { type Break, judgeLog, judgeStory } from './judge.ts';
import { Killer, type KillerOptions } from './killer.ts';
import { Provider } from './provider.ts';
import { runErrand, type Story } from './user.ts';

export type CampaignOptions = Pick<KillerOptions, 'kills' | 'msMax'> & {
  readonly seed: number;
  /** An engine for tasks in containers; null to do without. */
  readonly podman: Podman | null;
  /** At work at the same time, by the place that each works at; one more for containers. */
  readonly users?: readonly string[];
  readonly tell?: (line: string) => void;
};

export type Report = {
  readonly seed: number;
  /** By the name of the point; `random` for the others. */
  readonly killsByPoint: ReadonlyMap<string, number>;
  readonly runsByKind: ReadonlyMap<string, number>;
  /** That began to run. */
  readonly nodes: number;
  readonly breaks: readonly Break[];
  /** Errors that servers have logged. */
  readonly complaints: readonly string[];
  readonly seconds: number;
};

const USERS: readonly string[] = ['local', 'local', 'fake', 'fake'];
/** Of the orphan collector, after all runs have ended. */
const SWEEPS = 3;
const LOOK_MS = 50;
const GONE_MS_MAX = 5000;
const STOP_MS_MAX = 15_000;
const TOLD_EVERY = 50;

/** Users have things run while their server is killed; then all is quiet, and is judged. */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const { podman } = options;
  const env = podman === null ? NO_ENGINE : { DOCKER_HOST: `unix://${podman.socket}` };
  const place = new Installation(env);
  const random = seededRandom(options.seed);
  const provider = await Provider.start(place.providerSocket, seededRandom(options.seed + 1));
  const containers = podman === null ? null : new Containers(podman, TEST_IMAGE);
  let isBroken = true;
  try {
    await containers?.open();
    const report = await new Campaign({ ...options, place, random, provider, containers }).run();
    isBroken = report.breaks.length > 0 || report.complaints.length > 0;
    if (isBroken) options.tell?.(`what was left is kept in ${place.dir}`);
    return report;
  } finally {
    await containers?.close();
    provider.close();
    place.close({ keep: isBroken });
  }
}

/** An engine that the machine may have is not this test's. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere', CONTAINER_HOST: '' };

type Parts = CampaignOptions & {
  readonly place: Installation;
  readonly random: Random;
  readonly provider: Provider;
  readonly containers: Containers | null;
};

class Campaign {
  readonly #parts: Parts;
  readonly #stories: Story[] = [];
  readonly #breaks: Break[] = [];
  readonly #killer: Killer;
  #closing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const docker = parts.containers !== null;
    this.#killer = new Killer({ ...parts, docker, onKill: (kills) => this.#tellOf(kills) });
  }

  async run(): Promise<Report> {
    const { place, provider, seed, containers, users: own = USERS } = this.#parts;
    const started = performance.now();
    const foreign = await provider.buyForeign();
    await this.#killer.warmUp();
    const places = containers === null ? own : [...own, 'docker'];
    const users = places.map((name, index) => this.#use(name, seededRandom(1000 * seed + index)));
    await this.#killer.killAll().finally(() => (this.#closing = true));
    const last = place.runServer(null);
    await Promise.all(users);
    await this.#judgeQuiet(foreign);
    await this.#judgeStop(last);
    return {
      seed,
      killsByPoint: this.#killer.killsByPoint,
      runsByKind: countBy(this.#stories.map(({ errand }) => errand.kind)),
      nodes: this.#stories.reduce((sum, { logs }) => sum + logs.size, 0),
      breaks: this.#breaks,
      complaints: place.complaints(),
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** One errand after the other, as long as servers are killed. */
  async #use(name: string, random: Random): Promise<void> {
    const { place, provider } = this.#parts;
    while (!this.#closing) {
      const errand = drawErrand(name, random);
      const begin = (runId: string) => errand.preempted && provider.preempt(runId);
      const news = (runId: string) => this.#killer.news(runId);
      try {
        const story = await runErrand(place, { errand, random, begin, news });
        this.#killer.over(story.runId);
        this.#stories.push(story);
        await this.#judge(story);
      } catch (error) {
        // An answer that no user of ours has earned.
        this.#tell([{ kind: 'lost', what: `${errand.kind}: ${String(error)}` }]);
      }
    }
  }

  async #judge(story: Story): Promise<void> {
    const { place, provider, containers } = this.#parts;
    const { runId, logs } = story;
    const nodes = `${place.home.dataDir}/nodes/default/${runId}`;
    await until(() => place.strayPids(nodes).length === 0, GONE_MS_MAX);
    const machines = provider.ledger.machines().filter(({ ref }) => ref.runId === runId);
    const witness = {
      marks: [...place.marksOf(runId), ...(isContained(story) ? marksIn(logs) : [])],
      bought: machines.map(({ ref }) => `${ref.attempt} ${ref.rank}`),
      containers: containers?.nodesOf(runId) ?? [],
      pids: place.strayPids(nodes),
    };
    this.#tell(judgeStory(story, witness));
  }

  #tell(breaks: readonly Break[]): void {
    for (const one of breaks) this.#parts.tell?.(`${one.kind}: ${one.what}`);
    this.#breaks.push(...breaks);
  }

  #tellOf(kills: number): void {
    if (kills % TOLD_EVERY !== 0) return;
    const [runs, breaks] = [this.#stories.length, this.#breaks.length];
    this.#parts.tell?.(`${kills} kills, ${runs} runs, ${breaks} breaks`);
  }

  /** Asked to end, a server does. */
  async #judgeStop(server: Promise<ServerEnd>): Promise<void> {
    const { place } = this.#parts;
    place.killServer('SIGTERM');
    const slow = setTimeout(() => place.killServer('SIGKILL'), STOP_MS_MAX);
    const { signal } = await server;
    clearTimeout(slow);
    if (signal !== null) this.#tell([{ kind: 'lost', what: 'a server does not stop' }]);
  }

  /** After the orphan collector's sweeps: nothing of ours is left anywhere, all of others is. */
  async #judgeQuiet(foreign: string): Promise<void> {
    const { place, provider, containers } = this.#parts;
    const sweeps = provider.lists + SWEEPS;
    while (provider.lists < sweeps) await delay(LOOK_MS);
    const leaked = (what: string): void => this.#tell([{ kind: 'leaked', what }]);
    for (const pid of place.strayPids()) leaked(`process ${pid}`);
    for (const file of place.secretsLeft()) leaked(`values of secrets in ${file}`);
    const live = provider.ledger.live().map(({ token }) => token);
    for (const token of live) if (token !== foreign) leaked(`virtual machine ${token}`);
    if (!live.includes(foreign)) leaked('a machine of another installation was touched');
    for (const name of provider.ledger.doubled()) {
      this.#tell([{ kind: 'doubled', what: `virtual machine ${name}` }]);
    }
    const engine = await containers?.left();
    for (const token of engine?.tokens ?? []) leaked(`container ${token}`);
    if (engine?.foreignRuns === false) leaked('a container of another installation was touched');
    for (const story of this.#stories) {
      const events = await place.insist((client) => client.events(story.runId, 0));
      this.#tell(judgeLog(story, events));
    }
  }
}

function isContained({ errand }: Story): boolean {
  return errand.lines.some(({ provider }) => provider === 'docker');
}

/** What tasks in containers, which see no files of ours, have said to their logs. */
function marksIn(logs: ReadonlyMap<string, string>): readonly string[] {
  return [...logs].flatMap(([node, log]) => {
    const [, attempt, rank] = node.split('/');
    return log.split('\n').flatMap((line) => (line === 'begin' ? [`${attempt} ${rank}`] : []));
  });
}

async function until(isSo: () => boolean, msMax: number): Promise<void> {
  const end = Date.now() + msMax;
  while (!isSo() && Date.now() < end) await delay(LOOK_MS);
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
