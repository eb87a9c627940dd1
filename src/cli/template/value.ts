import { escapeText } from '../../base/escape.js';
import { JsonNumber } from '../../base/json.js';
import { compareBytes } from '../../base/order.js';
import { jsonLine } from '../render/json.js';

/**
 * Text that the author of a template wrote, or that was made ready for printing: it is printed as it is. Every other
 * string comes from an image, and its control characters are spelt out when it is printed.
 */
export class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A record with fixed fields: to ask for another one is an error. */
export interface Fields {
  readonly [name: string]: Value;
}

/** What a template works on. A map has the keys that an image gave it, such as labels; `undefined` is no value. */
export type Value =
  | undefined
  | boolean
  | number
  | string
  | Written
  | JsonNumber
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Fields;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isMap = (value: Value): value is ReadonlyMap<string, Value> => value instanceof Map;

export const isFields = (value: Value): value is Fields =>
  typeof value === 'object' &&
  !isList(value) &&
  !isMap(value) &&
  !(value instanceof Written) &&
  !(value instanceof JsonNumber);

/** The characters of a text of either kind; undefined for what is no text. */
export const charactersOf = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof Written ? value.text : undefined;

/** What a value is called in errors. */
export const kindOf = (value: Value): string => {
  if (value === undefined) return 'no value';
  if (isList(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (charactersOf(value) !== undefined) return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  return isFields(value) ? 'a record' : 'a number';
};

/** Entries of a map in the order of their keys. */
export const entriesOf = (map: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] =>
  [...map].toSorted(([a], [b]) => compareBytes(a, b));

/** False for what is false, zero, empty or not there, as templates have it. */
export const isTrue = (value: Value): boolean => {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  if (value instanceof JsonNumber) return Number(value.text) !== 0;
  return Boolean(charactersOf(value) ?? value);
};

/** A value as a template prints it. Nothing of an image in it can move a cursor. */
export const textOf = (value: Value): string => {
  if (value === undefined) return '<no value>';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof Written || value instanceof JsonNumber) return value.text;
  if (isList(value)) return `[${value.map(textOf).join(' ')}]`;
  if (isMap(value)) {
    return `map[${entriesOf(value)
      .map(([key, member]) => `${escapeText(key)}:${textOf(member)}`)
      .join(' ')}]`;
  }
  return `{${Object.values(value).map(textOf).join(' ')}}`;
};

/** A value as JSON on one line. */
export const jsonOf = (value: Value): string => {
  if (value === undefined) return 'null';
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (isMap(value) || isFields(value)) {
    const entries = isMap(value) ? entriesOf(value) : Object.entries(value);
    return `{${entries.map(([key, member]) => `${jsonLine(key)}:${jsonOf(member)}`).join(',')}}`;
  }
  return jsonLine(value instanceof Written ? value.text : value);
};
