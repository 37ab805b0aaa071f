/*
 * Erlang's formulas for c servers with an offered load of a (arrivals a second × seconds each), and
 * their derivatives by a. B is what c servers without a queue turn away, C the chance to wait.
 * B by the recursion B_n = a·B_{n−1} / (n + a·B_{n−1}), which loses no digits; C = c·B / (c − a(1 − B)).
 * Reference: Cooper, Introduction to Queueing Theory (1981), sections 3.3 and 3.4.
 */

export type Waiting = {
  /** That a request has to wait. */
  readonly chance: number;
  /** By the offered load. */
  readonly slope: number;
};

/** The chance to wait, for 0 ≤ load < servers. O(servers). */
export function erlangC(servers: number, load: number): Waiting {
  if (load <= 0) return { chance: 0, slope: servers === 1 ? 1 : 0 };
  let blocked = 1;
  for (let count = 1; count <= servers; count++) {
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
