import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';

/** An option of a command: how it is written, and what its texts mean. */
export interface Flag<T> {
  readonly about: string;
  /** What stands for the value in help; absent for a switch. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
  /** All values there are, for completion. */
  readonly choices?: readonly string[];
  /** True where every occurrence counts; otherwise the last one does. */
  readonly many?: true;
  /** True where the value is a path, for completion. */
  readonly path?: true;
  /** @param given the values in the order of the command line; `true` or `false` for a switch */
  readonly read: (given: readonly string[]) => T;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

interface FlagStyle {
  readonly short?: string;
  readonly path?: true;
}

export const switchFlag = (about: string, style: FlagStyle = {}): Flag<boolean> => ({
  about,
  ...style,
  read: (given) => given.at(-1) === 'true',
});

export const valueFlag = <T>(
  value: string,
  about: string,
  parse: (text: string) => T,
  style: FlagStyle = {},
): Flag<T | undefined> => ({
  about,
  value,
  ...style,
  read: (given) => {
    const last = given.at(-1);
    return last === undefined ? undefined : parse(last);
  },
});

export const listFlag = <T>(value: string, about: string, parse: (text: string) => T): Flag<readonly T[]> => ({
  about,
  value,
  many: true,
  read: (given) => given.map(parse),
});

export const choiceFlag = <const C extends string>(
  value: string,
  about: string,
  choices: readonly C[],
  fallback: C,
): Flag<C> => ({
  about,
  value,
  choices,
  read: (given) => {
    const last = given.at(-1);
    if (last === undefined) return fallback;
    const known = choices.find((choice) => choice === last);
    if (known !== undefined) return known;
    throw new ToolError('USAGE', 'not one of the choices', {
      expected: choices.join(', '),
      found: `"${excerpt(last)}"`,
    });
  },
});

/** Text that is used as it is; empty is nothing. */
export const parseText = (text: string): string => {
  if (text === '') throw new ToolError('USAGE', 'an empty value');
  return text;
};

/** A whole number from 1. */
export const parseCount = (text: string): number => {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new ToolError('USAGE', 'not a number from 1', { found: `"${excerpt(text)}"` });
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
  T: 1_099_511_627_776,
};

/** Bytes; K, M, G and T are powers of 1024. */
export const parseBytes = (text: string): number => {
  const parts = /^(\d{1,15})([KMGT]?)(?:i?B)?$/i.exec(text);
  const bytes = Number(parts?.[1] ?? 0) * (UNITS[(parts?.[2] ?? '').toUpperCase()] ?? 1);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new ToolError('USAGE', 'not a size', {
    expected: 'bytes, or a number with K, M, G or T',
    found: `"${excerpt(text)}"`,
  });
};

/** Reads every flag of a table. A value that does not fit is an error of the command line, whatever the reader calls it. */
export const readFlags = <F extends FlagTable>(
  table: F,
  given: ReadonlyMap<string, readonly string[]>,
): FlagValues<F> => {
  const entries = Object.entries(table).map(([name, flag]): [string, unknown] => {
    try {
      return [name, flag.read(given.get(name) ?? [])];
    } catch (error) {
      if (!(error instanceof ToolError) || error.class === 'defect') throw error;
      const usage = new ToolError('USAGE', error.what, {
        ...error.details,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error,
      });
      throw usage.within({ subject: `--${name}` });
    }
  });
  return Object.fromEntries(entries) as FlagValues<F>;
};
