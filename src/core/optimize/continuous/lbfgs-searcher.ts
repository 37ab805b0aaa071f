import { type Random, seededRandom } from '../../../base/rng.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { completeCounts } from '../serving/complete-counts.ts';
import { costMaxOf } from '../serving/cost-max.ts';
import { isHopeless } from '../serving/is-hopeless.ts';
import { answerOfMix } from '../serving/mix-answer.ts';
import { Incumbent } from '../serving/mix-incumbent.ts';
import { type Mix, mixOf, servingWork } from '../serving/mix-model.ts';
import { costOf, evenShares, penaltiesOf } from '../serving/mix-room.ts';
import { relaxMix } from '../serving/mix-simplex.ts';
import { servingRefusal } from '../serving/serving-refusal.ts';
import { minimizeSmooth } from './minimize-smooth.ts';
import { loadsOf, smoothMix } from './smooth-mix.ts';

/*
 * Problem: GPU mixes, as the serving searcher takes them.
 * Method: projected L-BFGS (minimize-smooth.ts) on a smooth stand-in for the cost of whole machines
 * (smooth-mix.ts), from several starts; its loads are rounded up, machines that are not needed
 * dropped, exchanged, and at random taken away and replaced by what is missed most. Whether counts
 * have room, and which exchanges are worth a try, the linear relaxation tells (mix-simplex.ts). It
 * proves nothing.
 * Complexity: O(starts × steps × kinds × buckets).
 */

/** Of the time that is given, the descents take half; the rest is for exchanging machines. */
const DESCENT_SHARE = 0.5;
const STARTS_MAX = 24;
const STEPS_MAX = 40;
const MODEL_STEPS_MAX = 10;
const TOLERANCE = 1e-5;
/** Machines: a load this much above a whole number is one. */
const LOAD_TOLERANCE = 1e-6;
/** Of the kinds, the chance that a start leaves one out. */
const LEFT_OUT = 0.6;
/** Answers that cost this much more than the best are not worth dropping machines of. */
const NEAR = 1.3;
/** How often machines of the best are taken away again, and of which share of the kinds. */
const KICKS_MAX = 100;
const KICKED = 0.4;

export const lbfgsSearcher: Searcher = {
  name: 'lbfgs',
  refuses: servingRefusal,
  search: (problem, options) => Promise.resolve(searchByDescent(problem, options)),
};

function searchByDescent(problem: Problem, options: SearchOptions): Found {
  const { clock, timeLimitMs, seed } = options;
  const mix = mixOf(problem);
  if (isHopeless(problem, mix)) return { answer: null, certificate: null, isInfeasible: true };
  const since = clock.now();
  const isOver = (): boolean => clock.now() - since >= timeLimitMs;
  const isHalfOver = (): boolean => clock.now() - since >= timeLimitMs * DESCENT_SHARE;
  const random = seededRandom(seed);
  const best = new Incumbent(mix, { costMax: costMaxOf(problem, mix), isOver });
  const prices = relaxedPrices(mix);
  const smooth = smoothMix(mix);
  for (let start = 0; start < STARTS_MAX && !(isHalfOver() && start > 0); start++) {
    const { point } = minimizeSmooth(smooth, {
      start: startOf(mix, start === 0 ? null : random),
      tolerance: TOLERANCE,
      stepsMax: STEPS_MAX,
      modelStepsMax: MODEL_STEPS_MAX,
      isOver: isHalfOver,
    });
    const counts = completeCounts(mix, roundedUp(mix, point));
    if (counts !== null && costOf(mix, counts) < best.cost * NEAR) best.consider(counts, prices);
  }
  if (best.counts === null) return { answer: null, certificate: null, isInfeasible: false };
  best.improve(prices);
  for (let kick = 0; kick < KICKS_MAX && !isOver(); kick++) {
    const counts = completeCounts(mix, someOf(best.counts, random));
    const before = best.cost;
    if (counts !== null && costOf(mix, counts) < before * NEAR) best.consider(counts, prices);
    if (best.cost < before) best.improve(prices);
  }
  const shares = evenShares(mix, best.counts);
  const answer = answerOfMix(servingWork(problem)!, mix, { counts: best.counts, shares });
  return { answer, certificate: null, isInfeasible: false };
}

/** Equal shares; or of some kinds, unlike ones. */
function startOf({ kinds, buckets }: Mix, random: Random | null): Float64Array {
  const weights = kinds.map(() => (random === null ? 1 : random() < LEFT_OUT ? 0 : random()));
  return Float64Array.from(
    { length: buckets.length * kinds.length },
    (_, at) => weights[at % kinds.length]!,
  );
}

/** Without some of the machines: those that then are missed most may be others. */
function someOf(counts: readonly number[], random: Random): readonly number[] {
  return counts.map((count) => (random() < KICKED ? Math.floor(count * random()) : count));
}

function roundedUp(mix: Mix, shares: Float64Array): readonly number[] {
  return Array.from(loadsOf(mix, shares), (load, kind) =>
    Math.min(mix.kinds[kind]!.most, Math.max(0, Math.ceil(load - LOAD_TOLERANCE))),
  );
}

/** Of machines where counts need not be whole: at these, what is too little for a mix shows soonest. */
function relaxedPrices(mix: Mix): Float64Array {
  const box = { lower: mix.kinds.map(() => 0), upper: mix.kinds.map(({ most }) => most) };
  const penalties = penaltiesOf(mix, 1);
  return relaxMix(mix, box, { cutoff: Infinity, near: null, penalties }).prices;
}
