import type { Io } from './context.ts';

/** To the start of the line, and erase all of it. Source: ECMA-48, CR and EL with 2. */
const ERASE = '\r\u001b[2K';

/**
 * One line on a terminal that is replaced as things go on, and is gone before anything else is
 * written; elsewhere nothing.
 */
export class StatusLine {
  readonly #io: Io;
  #shown = '';

  constructor(io: Io) {
    this.#io = io;
  }

  show(text: string): void {
    if (!this.#io.errIsTerminal || text === this.#shown) return;
    // A line that wraps could not be erased.
    this.#io.err(ERASE + text.slice(0, this.#io.columns - 1));
    this.#shown = text;
  }

  clear(): void {
    if (this.#shown !== '') this.#io.err(ERASE);
    this.#shown = '';
  }
}
