import type { Edit, Fix } from './finding.ts';
import { type FoundIn, type LintOptions, lintTexts, type NamedText } from './lint-manifests.ts';

/** What was made of a file, and what was done to it, in order. */
export type Fixed = {
  readonly text: string;
  readonly done: readonly FoundIn[];
};

/** A hopeless file is answered as any other, if not fully repaired. */
const ROUNDS_MAX = 60;
const ALONE_MAX = 20;

/**
 * Repairs what is certain, in rounds: each does all that does not touch one another, and is kept
 * when less is wrong afterwards. What is left has no certain repair, so that fixing again changes
 * nothing.
 */
export function fixManifest(file: NamedText, options: LintOptions): Fixed {
  let { text } = file;
  let found = lintOf(text);
  const done: FoundIn[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const step = nextStep(text, found);
    if (step === undefined) break;
    done.push(...step.done);
    text = step.text;
    found = step.found;
  }
  return { text, done };

  /** All that go together, else the first that does any good by itself. */
  function nextStep(before: string, wrong: readonly FoundIn[]): Step | undefined {
    let open = wrong.filter(({ fix }) => fix !== undefined);
    while (open.length > 0) {
      const together = apart(open);
      for (const repaired of [together, ...together.slice(0, ALONE_MAX).map((one) => [one])]) {
        const step = stepBy(before, repaired);
        if (step.found.length < wrong.length) return step;
      }
      open = open.filter((one) => !together.includes(one));
    }
    return undefined;
  }

  function stepBy(before: string, repaired: readonly FoundIn[]): Step {
    const edited = applyEdits(
      before,
      repaired.flatMap(({ fix }) => fix!.edits),
    );
    return { text: edited, found: lintOf(edited), done: repaired };
  }

  function lintOf(made: string): readonly FoundIn[] {
    return lintTexts([{ file: file.file, text: made }], options)[0]!;
  }
}

type Step = Fixed & { readonly found: readonly FoundIn[] };

/** Findings whose repairs do not touch one another, the first in the text before others. */
function apart(found: readonly FoundIn[]): readonly FoundIn[] {
  const taken: (readonly [number, number])[] = [];
  return found.filter(({ fix }) => {
    if (fix === undefined) return false;
    const spans = spansOf(fix);
    const isFree = spans.every(([start, end]) =>
      taken.every((other) => end < other[0] || start > other[1]),
    );
    if (isFree) taken.push(...spans);
    return isFree;
  });
}

function spansOf({ edits, claims }: Fix): readonly (readonly [number, number])[] {
  return claims === undefined ? edits.map(({ start, end }) => [start, end] as const) : [claims];
}

/** Edits in any order, none inside of another. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let made = '';
  let at = 0;
  for (const { start, end, text: inserted } of edits.toSorted(inOrder)) {
    made += text.slice(at, start) + inserted;
    at = end;
  }
  return made + text.slice(at);
}

/** What is put in at a place goes before what is taken away from there on. */
function inOrder(one: Edit, other: Edit): number {
  return one.start - other.start || one.end - other.end;
}
