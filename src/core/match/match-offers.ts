import type { Demand } from '../../spec/demand.ts';
import type { Candidate, Refusal } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { AcceleratorRequest, Resources, Task } from '../../spec/task.ts';
import { machineRequirements } from './machine-requirements.ts';
import { placeRequirements } from './place-requirements.ts';
import { type Failing, RefusalGroups } from './refusal-groups.ts';
import { ONE_STEP, PASSES, type Requirement, type WorkMatch } from './requirement.ts';
import { startWays } from './start-ways.ts';
import { wayRequirements } from './way-requirements.ts';
import { workMatch } from './work-match.ts';

export type MatchRequest = {
  readonly task: Task;
  readonly demand: Demand;
  readonly offers: readonly Offer[];
  /** Only what this installation has a driver for. */
  readonly launchableOnly: boolean;
  /** What becomes of a way where its hours are not all worked, as on spot. */
  readonly expect?: (way: Candidate) => Candidate;
};

/** Candidates + the offers that the refusals count = all offers. */
export type MatchResult = {
  readonly candidates: readonly Candidate[];
  readonly refusals: readonly Refusal[];
};

/**
 * Demand × Offer[] → Candidate[] + Refusal[]: which offers can carry a task, in which ways, and
 * why the others cannot. Alternatives of `resources` all count; ordered ones, only the first that
 * has a candidate. O(offers × requirements); the order of offers never changes who is refused.
 */
export function matchOffers(request: MatchRequest): MatchResult {
  const { task, demand } = request;
  const work = workMatch(task, demand);
  const alternatives = demand.resources.flatMap((resources) =>
    acceleratorsOf(resources).map((accelerator) =>
      alternative(request, { resources, accelerator, work }),
    ),
  );
  if (!demand.resourcesOrdered) return matchAny(request, alternatives);
  let last: MatchResult | undefined;
  for (const one of alternatives) {
    const result = matchAny(request, [one]);
    if (result.candidates.length > 0) return result;
    last ??= result;
  }
  return last ?? { candidates: [], refusals: [] };
}

/** One way to read `resources`, as the list of all that it asks. */
type Alternative = {
  readonly requirements: readonly Requirement[];
  readonly ofWays: readonly Requirement<Candidate>[];
  readonly work: WorkMatch;
  readonly expect: (way: Candidate) => Candidate;
  readonly begin: (way: Candidate) => readonly Candidate[];
};

function acceleratorsOf({ accelerators }: Resources): readonly (AcceleratorRequest | null)[] {
  return accelerators.length === 0 ? [null] : accelerators;
}

function alternative(
  { task, launchableOnly, expect = asIs }: MatchRequest,
  asked: {
    readonly resources: Resources;
    readonly accelerator: AcceleratorRequest | null;
    readonly work: WorkMatch;
  },
): Alternative {
  const { resources, accelerator, work } = asked;
  const { placement, goal } = task;
  const terms = placeRequirements({ resources, placement, goal, launchableOnly });
  return {
    requirements: [...machineRequirements(resources, accelerator), ...work.requirements, ...terms],
    ofWays: wayRequirements(goal, resources),
    work,
    expect,
    begin: (way) => startWays(way, goal),
  };
}

function asIs(way: Candidate): Candidate {
  return way;
}

function matchAny({ offers }: MatchRequest, alternatives: readonly Alternative[]): MatchResult {
  const candidates: Candidate[] = [];
  const refused = new RefusalGroups();
  for (const offer of offers) {
    let nearest: Failing | undefined;
    for (const one of alternatives) {
      const answer = tryAlternative(offer, one);
      if (!('fails' in answer)) {
        candidates.push(...answer.ways);
        nearest = undefined;
        break;
      }
      if (nearest === undefined || isNearer(answer, nearest)) nearest = answer;
    }
    if (nearest !== undefined) refused.add(offer, nearest);
  }
  return { candidates, refusals: refused.list() };
}

function isNearer(one: Failing, other: Failing): boolean {
  return one.fails !== other.fails ? one.fails < other.fails : one.distance < other.distance;
}

/** The ways in which an offer carries an alternative, or what keeps it from doing so. */
function tryAlternative(
  offer: Offer,
  { requirements, ofWays, work, expect, begin }: Alternative,
): Failing | { readonly ways: readonly Candidate[] } {
  // Nobody knows whether it would keep the goal's limits: one that fails only these is nearer.
  const failing = failingOf(offer, requirements, ofWays.length);
  if (failing !== null) return failing;
  const ways = work.waysOf(offer).map(expect).flatMap(begin);
  if (ways.length === 0)
    return { fails: 1, distance: ONE_STEP, code: NO_WAY.code, asked: [NO_WAY] };
  const good = ways.filter((way) => failingOf(way, ofWays) === null);
  return good.length > 0 ? { ways: good } : nearestWay(ways, ofWays);
}

const NO_WAY: Requirement = {
  code: 'throughput-unknown',
  distance: () => ONE_STEP,
  words: () => ({
    reason: 'no layout of the model on it reaches the speed that is wanted',
    have: null,
    need: 'a layout that is fast enough',
    fix: 'allow more time to the first token and for each token',
  }),
};

/**
 * What one subject fails, with `unknown` more that cannot be told; null when it passes all. Tens of
 * thousands of offers fail: no list is made of what each of them does.
 */
function failingOf<Subject>(
  subject: Subject,
  requirements: readonly Requirement<Subject>[],
  unknown = 0,
): Failing<Subject> | null {
  let fails = unknown;
  let distance = 0;
  let first: Requirement<Subject> | undefined;
  for (const requirement of requirements) {
    const away = requirement.distance(subject);
    if (away === PASSES) continue;
    fails++;
    distance += away;
    first ??= requirement;
  }
  return first === undefined ? null : { fails, distance, code: first.code, asked: requirements };
}

/** Of several ways that all fail, the one that is nearest to passing, told as one of its offer. */
function nearestWay(
  ways: readonly Candidate[],
  ofWays: readonly Requirement<Candidate>[],
): Failing {
  const [nearest] = ways
    .map((way) => ({ way, failing: failingOf(way, ofWays)! }))
    .sort((a, b) => a.failing.fails - b.failing.fails || a.failing.distance - b.failing.distance);
  const { way, failing } = nearest!;
  const asked = ofWays.map((one): Requirement => {
    return { ...one, distance: () => one.distance(way), words: () => one.words(way) };
  });
  return { ...failing, asked };
}
