/**
 * True when a place lies within one of the patterns. Both are paths of provider, region and zone;
 * a pattern speaks for everything below it, and `*` stands for any part of one segment: `aws`,
 * `gcp/europe-*`, `aws/us-east-1/us-east-1a`. Answers are kept, since offers share places.
 */
export function placeMatcher(patterns: readonly string[]): (place: string) => boolean {
  const compiled = patterns.map(expressionOf);
  const known = new Map<string, boolean>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const answer = compiled.some((pattern) => pattern.test(place));
    known.set(place, answer);
    return answer;
  };
}

function expressionOf(pattern: string): RegExp {
  const segments = pattern
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.split(/\*+/).map(RegExp.escape).join('[^/]*'));
  // Segments that only say "any" at the end would ask for a region that an offer may not name.
  while (segments.length > 1 && segments.at(-1) === '[^/]*') segments.pop();
  return new RegExp(`^${segments.join('/')}(?:/|$)`, 'i');
}
