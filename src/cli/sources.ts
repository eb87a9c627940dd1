import { sep } from 'node:path';
import { ToolError, fromSystemError } from '../base/error.js';
import { compareBytes } from '../base/order.js';
import type { OperationContext } from '../operation/context.js';
import { FILE_TRANSPORTS, type PathExists, parseLocation } from '../operation/location.js';
import { REGISTRY_PREFIX } from '../operation/registry-location.js';

interface Pattern {
  readonly transport: string;
  readonly pattern: string;
  readonly suffix: string;
}

const TRANSPORT = new RegExp(`^(?:${FILE_TRANSPORTS.join('|')}):`);

/** A location whose path does not exist as it is written and has the form of a pattern. */
const patternOf = (text: string, exists: PathExists): Pattern | undefined => {
  if (text === '' || text === '-' || text.startsWith(REGISTRY_PREFIX)) return undefined;
  const transport = TRANSPORT.exec(text)?.[0] ?? '';
  const rest = text.slice(transport.length);
  const pattern = transport === '' || rest === '' ? rest : parseLocation(text, exists).path;
  if (!/[*?[{(]/.test(pattern) || exists(pattern)) return undefined;
  return { transport, pattern, suffix: rest.slice(pattern.length) };
};

/** A path of a match must be read as a path again, whatever the file is called. */
const asPath = (path: string, transport: string): string =>
  transport === '' && (path === '-' || /^[a-z][a-z-]+:/.test(path)) ? `./${path}` : path;

const STORE = /^store:(?=[^@]*[*?])/;

/** What fits in the store, where there is one. */
const expandNames = async (pattern: string, context: OperationContext): Promise<readonly string[]> => {
  if (context.store === undefined) return [];
  const { matchingNames } = await import('../operation/stock/match.js');
  return (await matchingNames(pattern, context)).map((name) => `store:${name}`);
};

const nothingMatches = (subject: string, where: string): ToolError =>
  new ToolError('FILE_NOT_FOUND', 'nothing matches the pattern', {
    subject,
    expected: where,
    hint: 'check the pattern',
  });

const expand = async (
  text: string,
  { transport, pattern, suffix }: Pattern,
  context: OperationContext | undefined,
): Promise<readonly string[]> => {
  // Most command lines have no pattern and need not wait for the library.
  const { default: fastGlob } = await import('fast-glob');
  if (!fastGlob.isDynamicPattern(pattern)) return [text];
  const found = await fastGlob(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, { onlyFiles: false }).catch(
    (error: unknown) => {
      throw fromSystemError(error, 'cannot be searched', pattern);
    },
  );
  if (found.length === 0) {
    const isBare = transport === '' && !/^[./\\]/.test(text) && context !== undefined;
    const named = isBare ? await expandNames(text, context) : [];
    if (named.length === 0) throw nothingMatches(pattern, isBare ? 'a path, or a name in the store' : 'a path');
    return named;
  }
  return found.toSorted(compareBytes).map((path) => `${transport}${asPath(path, transport)}${suffix}`);
};

/**
 * Locations with their patterns expanded, for shells that do not do it and for paths after a transport. What a
 * pattern finds is sorted by bytes; a location that comes again is left out. A pattern that fits no path is one of names
 * in the store of the context, if that is given.
 * @throws {ToolError} FILE_NOT_FOUND for a pattern that matches nothing; as `matchingNames`
 */
export const expandSources = async (
  texts: readonly string[],
  exists: PathExists,
  context?: OperationContext,
): Promise<readonly string[]> => {
  const locations = new Set<string>();
  for (const text of texts) {
    if (context !== undefined && STORE.test(text)) {
      const named = await expandNames(text.slice('store:'.length), context);
      if (named.length === 0) throw nothingMatches(text, 'a name in the store');
      for (const location of named) locations.add(location);
      continue;
    }
    const pattern = patternOf(text, exists);
    for (const location of pattern === undefined ? [text] : await expand(text, pattern, context))
      locations.add(location);
  }
  return [...locations];
};

/** The one location that is meant. @throws {ToolError} USAGE for a pattern that matches several; as {@link expandSources} */
export const expandSource = async (text: string, exists: PathExists): Promise<string> => {
  const [only = text, another] = await expandSources([text], exists);
  if (another === undefined) return only;
  throw new ToolError('USAGE', 'the pattern matches several paths', { subject: text, hint: 'name one of them' });
};
