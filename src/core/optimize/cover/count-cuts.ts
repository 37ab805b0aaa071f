import type { Column } from './master.ts';

/*
 * Problem: mixes of covers that no whole covers are like. What is available of an offer limits a
 * mix only in the mean; whole covers it limits always: of five machines, two tasks cannot have
 * three each, though half the time each could.
 * Method: Chvátal–Gomory cuts of one offer's row and some tasks' rows. With a multiplier of/per of
 * the former and share/per of the latter, Σ_tasks ⌊(of·machines + share)/per⌋ is at most
 * ⌊(of·available + Σ share)/per⌋ for whole covers. For each multiplier the shares of the most
 * violated cut are found exactly, by a recurrence over the remainder of their sum.
 * Complexity: O(tasks on the offer × per²) for each multiplier.
 * Reference: Chvátal, Edmonds polytopes and a hierarchy of combinatorial problems (Discrete Math. 4,
 * 1973); Jepsen, Petersen, Spoorendonk, Pisinger, Subset-row inequalities applied to the
 * vehicle-routing problem with time windows (Oper. Res. 56, 2008).
 */

export type CountCut = {
  readonly offer: number;
  readonly of: number;
  readonly per: number;
  /** Of each task. */
  readonly shares: Uint8Array;
  readonly right: number;
};

/** What so many machines count in a cut. */
export function countIn({ of, per, shares }: CountCut, task: number, machines: number): number {
  return Math.floor((of * machines + shares[task]!) / per);
}

/** Beyond it only one machine's share of a row is tried as a multiplier. */
const PER_MAX = 9;
/** Where there are more machines, a part of one counts for little, and recurrences are long. */
const AVAILABLE_MAX = 40;
const VIOLATION_MIN = 0.01;
/** Of one offer, at once. */
const CUTS_OF_OFFER = 3;
/** Shares in a mix that are as good as none. */
const SHARE_MIN = 1e-6;
const NONE = -1e9;

type Found = { readonly cut: CountCut; readonly violation: number };

/** The most violated cuts of a mix, that are not known yet; best first. */
export function violatedCuts(
  mix: { readonly columns: readonly Column[]; readonly shares: Float64Array },
  available: Float64Array,
  given: { readonly tasks: number; readonly known: ReadonlySet<string>; readonly most: number },
): readonly CountCut[] {
  const found: Found[] = [];
  for (const [offer, users] of usersOf(mix)) {
    const right = available[offer]!;
    if (right > AVAILABLE_MAX || users.every(({ share }) => share > 1 - SHARE_MIN)) continue;
    const best = cutsOfOffer({ offer, right, users, tasks: given.tasks }, VIOLATION_MIN)
      .filter(({ cut }) => !given.known.has(keyOf(cut)))
      .sort((a, b) => b.violation - a.violation);
    found.push(...best.slice(0, CUTS_OF_OFFER));
  }
  found.sort((a, b) => b.violation - a.violation);
  return found.slice(0, given.most).map(({ cut }) => cut);
}

/** Of each offer and multiplier, the cut that the mix violates most or keeps with the least slack. */
export function tightCuts(
  mix: { readonly columns: readonly Column[]; readonly shares: Float64Array },
  available: Float64Array,
  { tasks, slackMax }: { readonly tasks: number; readonly slackMax: number },
): readonly CountCut[] {
  return [...usersOf(mix)].flatMap(([offer, users]) => {
    const right = available[offer]!;
    if (right > AVAILABLE_MAX) return [];
    return cutsOfOffer({ offer, right, users, tasks }, -slackMax).map(({ cut }) => cut);
  });
}

export function keyOf({ offer, of, per, shares }: CountCut): string {
  return `${offer}:${of}/${per}:${shares.join()}`;
}

/** A task that has so many machines of an offer in this share of the mix. */
type User = { readonly task: number; readonly machines: number; readonly share: number };

function usersOf({
  columns,
  shares,
}: {
  readonly columns: readonly Column[];
  readonly shares: Float64Array;
}): ReadonlyMap<number, readonly User[]> {
  const users = new Map<number, User[]>();
  columns.forEach(({ task, bought }, index) => {
    const share = shares[index]!;
    if (share <= SHARE_MIN) return;
    for (const [offer, machines] of bought) {
      const user = { task, machines, share };
      const those = users.get(offer);
      if (those === undefined) users.set(offer, [user]);
      else those.push(user);
    }
  });
  return users;
}

type Row = {
  readonly offer: number;
  readonly right: number;
  readonly users: readonly User[];
  readonly tasks: number;
};

function cutsOfOffer(row: Row, violationMin: number): readonly Found[] {
  const byTask = Map.groupBy(row.users, ({ task }) => task);
  const found: Found[] = [];
  for (let per = 2; per <= row.right + 1; per++) {
    for (let of = 1; of < (per <= PER_MAX ? per : 2); of++) {
      const one = bestShares(row, byTask, { of, per, violationMin });
      if (one !== null) found.push(one);
    }
  }
  return found;
}

/**
 * gains[s] is what a share s of a task's row adds to the left side beyond s/per. The best sum of
 * gains for each remainder of Σ s + of·available tells by how much the cut is violated.
 */
function bestShares(
  { offer, right, tasks }: Row,
  byTask: ReadonlyMap<number, readonly User[]>,
  {
    of,
    per,
    violationMin,
  }: { readonly of: number; readonly per: number; readonly violationMin: number },
): Found | null {
  let best = new Float64Array(per).fill(NONE);
  best[0] = 0;
  const choices: { readonly task: number; readonly chosen: Uint8Array }[] = [];
  for (const [task, users] of byTask) {
    const next = new Float64Array(per).fill(NONE);
    const chosen = new Uint8Array(per);
    for (let share = 0; share < per; share++) {
      let gain = -share / per;
      for (const { machines, share: part } of users) {
        gain += part * Math.floor((of * machines + share) / per);
      }
      for (let rest = 0; rest < per; rest++) {
        const to = (rest + share) % per;
        if (best[rest]! + gain <= next[to]!) continue;
        next[to] = best[rest]! + gain;
        chosen[to] = share;
      }
    }
    choices.push({ task, chosen });
    best = next;
  }
  let [rest, violation] = [-1, violationMin];
  for (let last = 0; last < per; last++) {
    const beyond = best[last]! - (of * right) / per + ((of * right + last) % per) / per;
    if (beyond > violation) [rest, violation] = [last, beyond];
  }
  if (rest < 0) return null;
  const shares = new Uint8Array(tasks);
  let sum = 0;
  for (const { task, chosen } of choices.toReversed()) {
    shares[task] = chosen[rest]!;
    sum += chosen[rest]!;
    rest = (rest - chosen[rest]! + per) % per;
  }
  return {
    violation,
    cut: { offer, of, per, shares, right: Math.floor((of * right + sum) / per) },
  };
}
