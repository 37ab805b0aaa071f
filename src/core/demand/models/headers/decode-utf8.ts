/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = 0xff_fd;

/** Code points put together at once: within what a call takes as arguments. */
const CHUNK = 4096;

/**
 * Text of UTF-8 (RFC 3629); U+FFFD for what is none. Core has no TextDecoder, as its compiler knows
 * neither browsers nor Node.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { point, length } = pointAt(bytes, at);
    points.push(point);
    at += length;
    if (points.length < CHUNK) continue;
    parts.push(String.fromCodePoint(...points));
    points = [];
  }
  parts.push(String.fromCodePoint(...points));
  return parts.join('');
}

/** First bytes, what they leave of the code point, and the least that so many bytes may stand for. */
const FORMS = [
  { length: 2, mask: 0xe0, mark: 0xc0, least: 0x80 },
  { length: 3, mask: 0xf0, mark: 0xe0, least: 0x8_00 },
  { length: 4, mask: 0xf8, mark: 0xf0, least: 0x1_00_00 },
] as const;

function pointAt(bytes: Uint8Array, at: number): { point: number; length: number } {
  const first = bytes[at]!;
  if (first < 0x80) return { point: first, length: 1 };
  const form = FORMS.find(({ mask, mark }) => (first & mask) === mark);
  if (form === undefined) return { point: REPLACEMENT, length: 1 };
  let point = first & ~form.mask;
  for (let next = 1; next < form.length; next++) {
    const byte = bytes[at + next];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return { point: REPLACEMENT, length: next };
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd8_00 && point <= 0xdf_ff;
  const isLegal = point >= form.least && point <= 0x10_ff_ff && !isSurrogate;
  return { point: isLegal ? point : REPLACEMENT, length: form.length };
}
