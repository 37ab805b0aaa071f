import type { Interval, ServingSplit, TrainingSplit } from '../../../spec/demand.ts';
import type { Term } from './term.ts';

/** How the numbers of one layout come about: what `kedge demand --explain` prints. */
export type Explained = {
  readonly accelerator: string;
  /** Which figures of a part that the task declares are not told, and whence; else null. */
  readonly inherited: string | null;
  readonly devices: number;
  readonly layout: {
    readonly tensorParallel: number;
    readonly dataParallel: number;
    /** Null for a replica that serves. */
    readonly training: TrainingSplit | null;
    /** Absent where tensor parallelism is all of a replica. */
    readonly serving?: ServingSplit;
  };
  /** Of a service: the requests of this size, and how many at once; null for a training. */
  readonly requests: ExplainedRequests | null;
  /** Of a model that counts samples: how they are passed; absent where tokens are counted. */
  readonly samples?: ExplainedSamples;
  /** Of the fullest device; middles add up to the total's. */
  readonly memory: readonly ExplainedBytes[];
  /** Lines are uncertain for unlike reasons: distances to its ends add as their squares do. */
  readonly memoryBytes: Interval;
  /** What a program can have of a device's memory: the high end must fit into it. */
  readonly usableBytes: number;
  readonly fits: boolean;
  /** Where it does not fit: why, and what would; null where it does. */
  readonly unfit: string | null;
  /** Empty where it does not fit into the memory. */
  readonly time: readonly ExplainedTime[];
  /** From seconds to what was asked, a line each. */
  readonly results: readonly ExplainedResult[];
  /** As the layout has them. */
  readonly tokensPerSecond: Interval | null;
  /** Absent where tokens are counted, or nothing fits. */
  readonly samplesPerSecond?: Interval;
  readonly hours: Interval | null;
};

/** What follows from the layout alone. */
export type ExplainedLayout = Omit<Explained, 'unfit' | 'inherited'>;

export type ExplainedRequests = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of all requests, how many are of this size. */
  readonly share: number;
  /** Worked on at once. */
  readonly atOnce: number;
};

export type ExplainedSamples = {
  readonly what: 'image' | 'row' | 'sequence';
  /** Of a sequence; null for images and rows. */
  readonly tokens: number | null;
  /** Of one device in one pass. */
  readonly atOnce: number;
  /** Passes between two updates; 1 where nothing is trained. */
  readonly passes: number;
  readonly trains: boolean;
};

export type ExplainedBytes = {
  readonly name: string;
  readonly bytes: Interval;
  readonly formula: string;
  readonly source: string;
};

/** Seconds by what takes them; the lines add up to it. */
export type ExplainedTime = {
  readonly of: 'step' | 'batch' | 'time per token' | 'time to first token';
  readonly seconds: number;
  readonly lines: readonly ExplainedSeconds[];
};

export type ExplainedSeconds = {
  readonly name: string;
  readonly seconds: number;
  readonly formula: string;
  readonly source: string;
};

export type ExplainedResult = {
  readonly name: string;
  readonly value: number;
  readonly formula: string;
  readonly source: string;
};

/** Lines that take time. */
export function told(lines: readonly (ExplainedSeconds | null)[]): readonly ExplainedSeconds[] {
  return lines.filter((line) => line !== null);
}

/** Seconds of all lines. */
export function sumOf(lines: readonly ExplainedSeconds[]): number {
  return lines.reduce((all, line) => all + line.seconds, 0);
}

/** A line of time from the arithmetic that gives it; null for one of no time, which says nothing. */
export function secondsLine(name: string, { value, text }: Term, source: string) {
  return value === 0 ? null : { name, seconds: value, formula: text, source };
}
