import { MIB } from '../../base/units.ts';

/**
 * What a task file may be at most. Figures far above any honest file and low enough that the
 * slowest file below them is read in a fifth of a second.
 */
export const LIMITS = {
  bytes: MIB,
  lines: 50_000,
  depth: 64,
  nodes: 20_000,
  /** How many times the nodes may grow by aliases and merge keys, and a number always allowed. */
  aliasGrowth: 10,
  aliasNodes: 1000,
  documents: 1000,
  directives: 20,
  /** Pieces that the lexer cuts the text into; a list item of one word has six. */
  lexemes: 130_000,
  /** Spaces, line ends, comments, anchors and tags without a value between them. */
  trivia: 6000,
} as const;
