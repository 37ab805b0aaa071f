const NEWLINE = 0x0a;
/** A line without an end is shown in pieces of this size. */
const LINE_BYTES_MAX = 4096;

/**
 * Marks the lines of one of several outputs, as bytes: a slice may cut a line, or a character, in
 * two. Only whole lines are let out, so that those of several nodes never run into one another.
 */
export class LineLabels {
  readonly #label: Uint8Array;
  #rest: Uint8Array = new Uint8Array();

  constructor(label: string) {
    this.#label = new TextEncoder().encode(label);
  }

  /** The lines that these bytes complete, each after the label. */
  push(bytes: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#rest, bytes]);
    const lines: Uint8Array[] = [];
    let from = 0;
    for (;;) {
      const newline = all.indexOf(NEWLINE, from);
      const isLong = (newline < 0 ? all.length : newline) - from >= LINE_BYTES_MAX;
      if (newline < 0 && !isLong) break;
      const to = isLong ? from + LINE_BYTES_MAX : newline;
      lines.push(this.#label, all.subarray(from, to), Uint8Array.of(NEWLINE));
      from = isLong ? to : to + 1;
    }
    this.#rest = all.subarray(from);
    return Buffer.concat(lines);
  }

  /** What was left without the end of a line. */
  end(): Uint8Array {
    return this.#rest.length === 0 ? new Uint8Array() : this.push(Uint8Array.of(NEWLINE));
  }
}
