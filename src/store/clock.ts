/**
 * The one clock of the house. It dates leases, trash and the journal; no byte of an image or of the index depends on
 * it, and nothing is ever taken away from its owner because of it.
 */

/** Milliseconds since 1970. */
export type Clock = () => number;

export const systemClock: Clock = () => Math.floor(performance.timeOrigin + performance.now());

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** UTC to the millisecond, as state files and reports spell it. */
export const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Milliseconds since 1970; undefined for what {@link timeText} does not write. */
export const parseTime = (text: string): number | undefined => {
  const value = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(value) ? undefined : value;
};
