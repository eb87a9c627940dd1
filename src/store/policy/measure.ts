import type { Amount, Duration } from './language.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `30d`, `12h`, `1d12h`, `90s`; undefined for other texts. Months and years have no fixed length. */
export const tryDuration = (text: string): number | undefined =>
  /^(?:\d{1,9}[smhdw])+$/.test(text)
    ? [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
        (sum, [, count = '0', unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 0),
        0,
      )
    : undefined;

/** Undefined for what {@link tryDuration} does not read. */
export const durationOf = (text: string): Duration | undefined => {
  const seconds = tryDuration(text);
  return seconds === undefined ? undefined : { text, milliseconds: seconds * 1000 };
};

const PREFIXES = ['', 'k', 'm', 'g', 't'];

/** Bytes of `10`, `10MB` (powers of 1000), `1.5GiB` (powers of 1024), letters in any case; undefined for other texts. */
export const tryBytes = (text: string): number | undefined => {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([kmgt]?)(i?)b?$/i.exec(text);
  const power = PREFIXES.indexOf((match?.[2] ?? '').toLowerCase());
  if (match === null || (match[3] !== '' && power === 0)) return undefined;
  let bytes = Number(match[1]);
  for (let step = 0; step < power; step++) bytes *= match[3] === '' ? 1000 : 1024;
  return Math.round(bytes);
};

/** A size, or `10%`; undefined for other texts. */
export const amountOf = (text: string): Amount | undefined => {
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { text, percent: Number(percent) } : undefined;
  const bytes = tryBytes(text);
  return bytes === undefined ? undefined : { text, bytes };
};
