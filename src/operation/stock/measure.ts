import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `30d`, `12h`, `1d12h`, `90s`; a bare number is seconds. @throws {ToolError} USAGE */
export const parseDuration = (text: string): number => {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  if (/^(?:\d{1,9}[smhdw])+$/.test(text)) {
    return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
      (sum, [, count = '0', unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 0),
      0,
    );
  }
  throw new ToolError('USAGE', 'not a duration', { expected: 'such as 30d, 12h or 90s', found: `"${excerpt(text)}"` });
};

const DECIMAL = ['', 'k', 'm', 'g', 't'];

/** Bytes of `10`, `10MB`, `1.5GiB`; letters in any case. @throws {ToolError} USAGE */
export const parseBytes = (text: string): number => {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([kmgt]?)(i?)b?$/i.exec(text);
  const power = DECIMAL.indexOf((match?.[2] ?? '').toLowerCase());
  if (match === null || (match[3] !== '' && power === 0)) {
    throw new ToolError('USAGE', 'not a size', {
      expected: 'such as 500, 10MB or 1.5GiB',
      found: `"${excerpt(text)}"`,
    });
  }
  let bytes = Number(match[1]);
  for (let step = 0; step < power; step++) bytes *= match[3] === '' ? 1000 : 1024;
  return Math.round(bytes);
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
