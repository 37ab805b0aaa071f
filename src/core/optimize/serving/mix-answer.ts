import type { Answer, AnswerLine } from '../model/answer.ts';
import type { ServingWork } from '../model/problem.ts';
import type { Mix, MixKind } from './mix-model.ts';

/** Counts and shares (by bucket, then kind) as lines: one for each option that is hired. */
export function answerOfMix(
  work: ServingWork,
  mix: Mix,
  { counts, shares }: { readonly counts: readonly number[]; readonly shares: Float64Array },
): Answer {
  const whole = normalized(mix, shares);
  const hired = mix.kinds.flatMap((kind, index) =>
    dealt(kind, counts[index]!).map(({ option, machines }) => ({
      kind: index,
      option,
      machines,
      part: machines / counts[index]!,
    })),
  );
  const lines = hired.map(({ kind, option, machines, part }, line): AnswerLine => {
    // What nobody asks for is all with the first.
    const own = work.rates.map((): number => (line === 0 ? 1 : 0));
    mix.buckets.forEach((bucket, index) => {
      own[bucket] = whole[index * mix.kinds.length + kind]! * part;
    });
    return { task: 0, option, machines, hours: work.hours, startS: 0, shares: own };
  });
  return { lines };
}

/** Machines of one kind, on its options in their order. */
function dealt(
  { options }: MixKind,
  count: number,
): readonly { readonly option: number; readonly machines: number }[] {
  let left = count;
  return options.flatMap(({ option, available }) => {
    const machines = Math.min(left, available);
    left -= machines;
    return machines > 0 ? [{ option, machines }] : [];
  });
}

/** Shares of each bucket that sum to one as nearly as floating point can tell. */
function normalized({ buckets, kinds }: Mix, shares: Float64Array): Float64Array {
  const whole = shares.slice();
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    const own = whole.subarray(bucket * kinds.length, (bucket + 1) * kinds.length);
    const sum = own.reduce((all, share) => all + share, 0);
    own.forEach((share, kind) => {
      own[kind] = share / sum;
    });
  }
  return whole;
}
