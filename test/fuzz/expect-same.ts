import { inspect, isDeepStrictEqual } from 'node:util';

const shown = (value: unknown): string => inspect(value, { depth: 6, maxStringLength: 200 }).slice(0, 1000);

/** Two answers to one input that should be one. */
export const expectSame = (what: string, found: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(found, expected)) throw new Error(`${what} differs: ${shown(found)}, not ${shown(expected)}`);
};
