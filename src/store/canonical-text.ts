import { invariant } from '../base/error.js';
import { compareCodeUnits } from '../base/order.js';

/**
 * As `canonicalJson` of the base, for documents with ten thousands of entries: it keeps no path for its errors, which
 * makes it ten times as fast. Strings come from the strict parser or from checked names, so they hold no half of a
 * surrogate pair.
 * @throws {ToolError} DEFECT for what RFC 8785 documents of ours may not hold
 */
export const canonicalText = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    invariant(Number.isSafeInteger(value) && !Object.is(value, -0), `the number ${value} in a document of the store`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  invariant(typeof value === 'object', `${typeof value} in a document of the store`);
  const prototype: unknown = Object.getPrototypeOf(value);
  invariant(prototype === Object.prototype || prototype === null, 'an object of a class in a document of the store');
  return mapText(Object.entries(value).map(([key, member]) => [key, canonicalText(member)]));
};

/** An object of members whose texts are known. */
export const mapText = (members: readonly (readonly [key: string, text: string])[]): string => {
  const sorted = members.toSorted(([a], [b]) => compareCodeUnits(a, b));
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
};
