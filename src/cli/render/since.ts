const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

const UNITS: readonly (readonly [below: number, unit: number, name: string])[] = [
  [MINUTE, SECOND, 'second'],
  [HOUR, MINUTE, 'minute'],
  [2 * DAY, HOUR, 'hour'],
  [2 * WEEK, DAY, 'day'],
  [2 * MONTH, WEEK, 'week'],
  [2 * YEAR, MONTH, 'month'],
  [Infinity, YEAR, 'year'],
];

/**
 * How long before another time a time was: `3 days ago`.
 * @param time and `now` as RFC 3339; empty for what is no time
 */
export const sinceText = (time: string | undefined, now: string): string => {
  const span = Date.parse(now) - Date.parse(time ?? '');
  if (Number.isNaN(span)) return '';
  if (span < SECOND) return 'just now';
  const [, unit, name] = UNITS.find(([below]) => span < below) ?? [0, YEAR, 'year'];
  const count = Math.floor(span / unit);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
};

/** A time of the store to the minute, in UTC: `2026-01-31 09:05`. */
export const minuteText = (time: string): string => time.slice(0, 16).replace('T', ' ');
