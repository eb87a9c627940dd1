import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { tryBytes, tryDuration } from '../../store/policy/measure.js';

/** Seconds of `30d`, `12h`, `1d12h`, `90s`; a bare number is seconds. @throws {ToolError} USAGE */
export const parseDuration = (text: string): number => {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : tryDuration(text);
  if (seconds !== undefined) return seconds;
  throw new ToolError('USAGE', 'not a duration', { expected: 'such as 30d, 12h or 90s', found: `"${excerpt(text)}"` });
};

/** Bytes of `10`, `10MB`, `1.5GiB`; letters in any case. @throws {ToolError} USAGE */
export const parseBytes = (text: string): number => {
  const bytes = tryBytes(text);
  if (bytes !== undefined) return bytes;
  throw new ToolError('USAGE', 'not a size', {
    expected: 'such as 500, 10MB or 1.5GiB',
    found: `"${excerpt(text)}"`,
  });
};

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Milliseconds since 1970 of a time, or of a duration before now.
 * @throws {ToolError} USAGE
 */
export const parseInstant = (text: string, now: number): number => {
  const time = INSTANT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  return now - parseDuration(text) * 1000;
};
