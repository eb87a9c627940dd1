/**
 * How long an engine may say nothing before it counts as silent, in milliseconds. A stream that moves has no end of
 * its time.
 */
export interface Timeouts {
  /** Until the first answer at all. */
  readonly hello: number;
  /** A question: lists, inspections. Large stores take seconds. */
  readonly question: number;
  /** A removal, a tag, a stop: drivers that copy take minutes. */
  readonly change: number;
  /** A pause in an export or a load, and the time before its first byte: Docker before 25 makes a copy first. */
  readonly stream: number;
}

const SECOND = 1000;

export const DEFAULT_TIMEOUTS: Timeouts = {
  hello: 30 * SECOND,
  question: 120 * SECOND,
  change: 600 * SECOND,
  stream: 1800 * SECOND,
};

/** One time for everything. */
export const timeoutsOf = (all: number | undefined): Timeouts =>
  all === undefined ? DEFAULT_TIMEOUTS : { hello: all, question: all, change: all, stream: all };
