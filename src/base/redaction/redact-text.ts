const MASK = '***';
/** Of the beginning of a secret where a message was cut short. */
const CUT_CHARS_MIN = 4;
const CUT = '…';

/** A message without what gives a secret away, also where it was cut in the middle of one. */
export function redactText(text: string, forms: readonly string[]): string {
  const spans = forms.flatMap((form) => [...spansOf(form, text), ...cutSpansOf(form, text)]);
  if (spans.length === 0) return text;
  let [redacted, done] = ['', 0];
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start >= done) redacted += text.slice(done, start) + MASK;
    done = Math.max(done, end);
  }
  return redacted + text.slice(done);
}

type Span = readonly [start: number, end: number];

function* spansOf(form: string, text: string): Generator<Span> {
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
    yield [at, at + form.length];
  }
}

function* cutSpansOf(form: string, text: string): Generator<Span> {
  for (let at = text.indexOf(CUT); at !== -1; at = text.indexOf(CUT, at + 1)) {
    for (let chars = Math.min(form.length, at); chars >= CUT_CHARS_MIN; chars--) {
      if (!text.endsWith(form.slice(0, chars), at)) continue;
      yield [at - chars, at];
      break;
    }
  }
}
