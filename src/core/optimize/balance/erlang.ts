/*
 * Erlang's formulas for c servers with an offered load of a (arrivals a second × seconds each), and
 * their derivatives by a. B is what c servers without a queue turn away, C the chance to wait.
 * B by the recursion B_n = a·B_{n−1} / (n + a·B_{n−1}), which loses no digits; C = c·B / (c − a(1 − B)).
 * Below the load B is near 1 − n/a, and a step of the recursion shrinks what is wrong with it by n/a:
 * begun k below the load, by e^(−k²/2a) until it is there. Where next to nothing is turned away it ends.
 * Complexity: O(√load), so that a million servers are no more work than a thousand.
 * Reference: Cooper, Introduction to Queueing Theory (1981), sections 3.3 and 3.4.
 */

export type Waiting = {
  /** That a request has to wait. */
  readonly chance: number;
  /** By the offered load. */
  readonly slope: number;
};

/** Standard deviations of the number of busy servers: e^(−40) of an error is left. */
const DEVIATIONS = 9;
/** Who is turned away so seldom never is. */
const NEVER = 1e-30;

/** The chance to wait, for 0 ≤ load < servers. */
export function erlangC(servers: number, load: number): Waiting {
  if (load <= 0) return { chance: 0, slope: servers === 1 ? 1 : 0 };
  const from = Math.max(0, Math.floor(load - DEVIATIONS * Math.sqrt(load)));
  let blocked = 1 - from / load;
  for (let count = from + 1; count <= servers && blocked > NEVER; count++) {
    blocked = (load * blocked) / (count + load * blocked);
  }
  const blockedSlope = (servers / load - 1 + blocked) * blocked;
  const rest = servers - load * (1 - blocked);
  const restSlope = load * blockedSlope - (1 - blocked);
  return {
    chance: (servers * blocked) / rest,
    slope: (servers * (blockedSlope * rest - blocked * restSlope)) / (rest * rest),
  };
}
