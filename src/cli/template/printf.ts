import { JsonNumber } from '../../base/json.js';
import { jsonLine } from '../render/json.js';
import { templateError } from './scan.js';
import { type Value, charactersOf, kindOf, textOf } from './value.js';

/** Widest field, in characters. */
const MOST_WIDTH = 10_000;

const VERB = /%(?<flags>[-+0 ]*)(?<width>\d{0,6})(?:\.(?<precision>\d{0,6}))?(?<verb>[\s\S]?)/g;

const wrong = (verb: string, expected: string, value: Value): never => {
  throw templateError(`"%${verb}" cannot print this`, { expected, found: kindOf(value) });
};

const numberOf = (verb: string, value: Value): number => {
  if (typeof value === 'number') return value;
  return value instanceof JsonNumber ? Number(value.text) : wrong(verb, 'a number', value);
};

const wholeOf = (verb: string, value: Value): number => {
  const number = numberOf(verb, value);
  return Number.isInteger(number) ? number : wrong(verb, 'a whole number', value);
};

const lower = (number: number): string => `${number < 0 ? '-' : ''}${Math.abs(number).toString(16)}`;

const hexOf = (value: Value): string => {
  const characters = charactersOf(value);
  return characters === undefined ? lower(wholeOf('x', value)) : Buffer.from(characters).toString('hex');
};

const show = (verb: string, value: Value, precision: number | undefined): string => {
  switch (verb) {
    case 's':
    case 'v': {
      const text = textOf(value);
      return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
    }
    case 'q':
      return jsonLine(charactersOf(value) ?? wrong('q', 'a text', value));
    case 'd':
      return String(wholeOf('d', value));
    case 'x':
      return hexOf(value);
    case 'X':
      return hexOf(value).toUpperCase();
    case 'f':
      return numberOf('f', value).toFixed(Math.min(precision ?? 6, 100));
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong('t', 'a truth value', value);
    default:
      throw templateError('no such verb', { found: `"%${verb}"`, expected: '%s, %v, %q, %d, %x, %f, %t or %%' });
  }
};

const pad = (text: string, flags: string, width: number, isNumber: boolean): string => {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !isNumber) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
};

/**
 * Go's `fmt.Sprintf` for texts, whole numbers, fractions and truth values.
 * @throws {ToolError} USAGE where Go would print a complaint into the result
 */
export const formatText = (format: string, values: readonly Value[]): string => {
  let used = 0;
  const text = format.replace(VERB, (...match: readonly unknown[]) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    const { flags = '', width = '', precision, verb = '' } = groups;
    if (verb === '%') return '%';
    if (used >= values.length) throw templateError('a value is missing for printf', { found: `"%${verb}"` });
    const value = values[used++];
    const cells = Number(width);
    if (cells > MOST_WIDTH) throw templateError('too wide', { expected: `up to ${MOST_WIDTH}`, found: width });
    const shown = show(verb, value, precision === undefined ? undefined : Number(precision));
    const isNumber = 'dfxX'.includes(verb) && charactersOf(value) === undefined;
    const signed = flags.includes('+') && isNumber && !shown.startsWith('-') ? `+${shown}` : shown;
    return pad(signed, flags, cells, isNumber);
  });
  if (used === values.length) return text;
  throw templateError('a value too many for printf', { expected: String(used), found: String(values.length) });
};
