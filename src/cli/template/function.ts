import { utf8 } from '../../base/bytes.js';
import { excerpt } from '../../base/escape.js';
import { humanSize } from '../render/text.js';
import { formatText } from './printf.js';
import { templateError } from './scan.js';
import { type Value, Written, charactersOf, isFields, isList, isMap, isTrue, jsonOf, kindOf, textOf } from './value.js';

/** Longest text that {@link FUNCTIONS} pad to. */
const MOST_PADDING = 10_000;

const wrong = (name: string, expected: string, value: Value): never => {
  throw templateError(`"${name}" cannot work on this`, { expected, found: kindOf(value) });
};

const text = (name: string, value: Value): string => charactersOf(value) ?? wrong(name, 'a text', value);

const list = (name: string, value: Value): readonly Value[] => (isList(value) ? value : wrong(name, 'a list', value));

const count = (name: string, value: Value, most: number = MOST_PADDING): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    return wrong(name, 'a whole number from 0', value);
  }
  if (value <= most) return value;
  throw templateError(`"${name}" goes too far`, { expected: `up to ${most}`, found: String(value) });
};

/** A text made from another is of the same kind. */
const alike = (original: Value, made: string): Value => (original instanceof Written ? new Written(made) : made);

const sameKind = (name: string, a: Value, b: Value): void => {
  const [one, other] = [kindOf(a), kindOf(b)];
  const isComparable = !isList(a) && !isMap(a) && !isFields(a);
  if (one !== other || !isComparable) {
    throw templateError(`"${name}" cannot compare these`, { found: `${one} and ${other}` });
  }
};

const isEqual = (name: string, a: Value, b: Value): boolean => {
  if (a === undefined || b === undefined) return a === b;
  sameKind(name, a, b);
  return (charactersOf(a) ?? a) === (charactersOf(b) ?? b);
};

const isLess = (name: string, a: Value, b: Value): boolean => {
  sameKind(name, a, b);
  const [one, other] = [charactersOf(a), charactersOf(b)];
  if (one !== undefined && other !== undefined) return one < other;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return wrong(name, 'texts or numbers', a);
};

const pick = (collection: Value, key: Value): Value => {
  if (isList(collection)) return collection[count('index', key, collection.length - 1)];
  if (!isMap(collection)) return wrong('index', 'a list or a map', collection);
  const found = collection.get(text('index', key));
  // As in Go, what a map of texts does not have is the empty text.
  const isTexts = [...collection.values()].every((member) => charactersOf(member) !== undefined);
  return found ?? (isTexts ? '' : undefined);
};

/** A format that comes from an image is spelt out first, since what is not a verb in it is printed as it is. */
const formatOf = (value: Value): string => {
  text('printf', value);
  return textOf(value);
};

const lengthOf = (value: Value): number => {
  const characters = charactersOf(value);
  if (characters !== undefined) return utf8(characters).length;
  if (isList(value)) return value.length;
  return isMap(value) ? value.size : wrong('len', 'a text, a list or a map', value);
};

const slice = (value: Value, ...bounds: readonly Value[]): Value => {
  const characters = charactersOf(value);
  const length = characters?.length ?? list('slice', value).length;
  const to = bounds[1] === undefined ? length : count('slice', bounds[1], length);
  const from = bounds[0] === undefined ? 0 : count('slice', bounds[0], to);
  return characters === undefined ? list('slice', value).slice(from, to) : alike(value, characters.slice(from, to));
};

/** Blanks between two values that are no texts, as Go prints them. */
const print = (...values: readonly Value[]): string =>
  values
    .map((value, at) => {
      const isText = [value, values[at - 1]].some((near) => charactersOf(near) !== undefined);
      return `${at > 0 && !isText ? ' ' : ''}${textOf(value)}`;
    })
    .join('');

/** A function, and how many arguments it takes. */
interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (...args: readonly Value[]) => Value;
}

const fixed = (arity: number, call: TemplateFunction['call']): TemplateFunction => ({
  least: arity,
  most: arity,
  call,
});

const from = (least: number, call: TemplateFunction['call']): TemplateFunction => ({ least, most: Infinity, call });

/** All functions: those of Go's templates that make sense here, docker's, and `size`. */
const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ['and', from(1, (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1))],
  ['eq', from(2, (first, ...others) => others.some((other) => isEqual('eq', first, other)))],
  ['ge', fixed(2, (a, b) => !isLess('ge', a, b))],
  ['gt', fixed(2, (a, b) => isLess('gt', b, a))],
  ['index', from(1, (collection, ...keys) => keys.reduce(pick, collection))],
  ['join', fixed(2, (values, by) => new Written(list('join', values).map(textOf).join(textOf(by))))],
  ['json', fixed(1, (value) => new Written(jsonOf(value)))],
  ['le', fixed(2, (a, b) => !isLess('le', b, a))],
  ['len', fixed(1, lengthOf)],
  ['lower', fixed(1, (value) => alike(value, text('lower', value).toLowerCase()))],
  ['lt', fixed(2, (a, b) => isLess('lt', a, b))],
  ['ne', fixed(2, (a, b) => !isEqual('ne', a, b))],
  ['not', fixed(1, (value) => !isTrue(value))],
  ['or', from(1, (...values) => values.find(isTrue) ?? values.at(-1))],
  [
    'pad',
    fixed(3, (value, before, after) => {
      const characters = text('pad', value);
      if (characters === '') return value;
      return new Written(`${' '.repeat(count('pad', before))}${textOf(value)}${' '.repeat(count('pad', after))}`);
    }),
  ],
  ['print', from(0, (...values) => new Written(print(...values)))],
  ['printf', from(1, (format, ...values) => new Written(formatText(formatOf(format), values)))],
  ['println', from(0, (...values) => new Written(`${values.map(textOf).join(' ')}\n`))],
  ['size', fixed(1, (value) => (typeof value === 'number' ? humanSize(value) : wrong('size', 'a number', value)))],
  ['slice', { least: 1, most: 3, call: slice }],
  ['split', fixed(2, (value, by) => text('split', value).split(text('split', by)))],
  [
    'title',
    fixed(1, (value) =>
      alike(
        value,
        text('title', value).replace(/(?<![\w'])[a-z]/g, (first) => first.toUpperCase()),
      ),
    ),
  ],
  [
    'truncate',
    fixed(2, (value, most) => alike(value, text('truncate', value).slice(0, count('truncate', most, Infinity)))),
  ],
  ['upper', fixed(1, (value) => alike(value, text('upper', value).toUpperCase()))],
]);

export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()];

/** @throws {ToolError} USAGE for arguments that the function does not take */
export const callFunction = (name: string, args: readonly Value[]): Value => {
  const known = FUNCTIONS.get(name);
  if (known === undefined) throw templateError('no such function', { found: `"${excerpt(name)}"` });
  const { least, most, call } = known;
  if (args.length >= least && args.length <= most) return call(...args);
  const expected = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw templateError(`wrong number of arguments for "${name}"`, { expected, found: String(args.length) });
};
