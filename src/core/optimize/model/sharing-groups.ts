/**
 * For each task the group of tasks that it may have to share machines with: two that can run at the
 * same time, as neither needs the other, are in one group; so are those that both share with a
 * third. In a chain each task is alone. O(tasks²).
 */
export function sharingGroups(needs: readonly (readonly number[])[]): readonly number[] {
  const before = ancestorsOf(needs);
  const groups = needs.map((_, index) => index);
  const groupOf = (index: number): number => {
    while (groups[index] !== index) {
      groups[index] = groups[groups[index]!]!;
      index = groups[index]!;
    }
    return index;
  };
  for (let one = 0; one < needs.length; one++) {
    for (let other = 0; other < one; other++) {
      if (before[one]!.has(other) || before[other]!.has(one)) continue;
      groups[groupOf(one)] = groupOf(other);
    }
  }
  return needs.map((_, index) => groupOf(index));
}

/** All that must have ended before each task. */
function ancestorsOf(needs: readonly (readonly number[])[]): readonly ReadonlySet<number>[] {
  const known: (Set<number> | undefined)[] = needs.map(() => undefined);
  const ancestors = (index: number): ReadonlySet<number> => {
    const found = known[index];
    if (found !== undefined) return found;
    const all = new Set<number>();
    for (const need of needs[index]!) {
      all.add(need);
      for (const earlier of ancestors(need)) all.add(earlier);
    }
    known[index] = all;
    return all;
  };
  return needs.map((_, index) => ancestors(index));
}
