/*
 * Problem: of many constraints that cannot all be kept, a set that cannot be kept either, of which
 * each is needed: without any one of them the others could be kept (an irreducible infeasible
 * set).
 * Method: QuickXplain: halve what may be left out; a half that is not needed goes at once. Earlier
 * constraints are preferred as members.
 * Complexity: O(k log (n/k)) checks for a conflict of k out of n.
 * Reference: Junker, QuickXplain (AAAI 2004).
 */

/** `canKeep` says whether an answer keeps all of these; with fewer it never turns to no. */
export async function smallestConflict<Constraint>(
  constraints: readonly Constraint[],
  canKeep: (kept: readonly Constraint[]) => Promise<boolean>,
): Promise<readonly Constraint[]> {
  const find = async (
    given: readonly Constraint[],
    isNew: boolean,
    open: readonly Constraint[],
  ): Promise<readonly Constraint[]> => {
    if (isNew && !(await canKeep(given))) return [];
    if (open.length <= 1) return open;
    const [first, second] = [
      open.slice(0, Math.ceil(open.length / 2)),
      open.slice(Math.ceil(open.length / 2)),
    ];
    const ofSecond = await find([...given, ...first], true, second);
    const ofFirst = await find([...given, ...ofSecond], ofSecond.length > 0, first);
    return [...ofFirst, ...ofSecond];
  };
  return find([], false, constraints);
}
