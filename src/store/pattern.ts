import { formatReference, tryParseReference } from '../oci/reference.js';

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** `*` stands for any text without `/`, `**` for any text, `?` for one character other than `/`. */
export const globExpression = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/(\*\*|\*|\?)/)
      .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : escape(part)))
      .join('')}$`,
    's',
  );

const PLACEHOLDER = 'x';

/**
 * The pattern as Docker completes names: `app` means `docker.io/library/app`, without its tag. Nothing for a pattern
 * that begins with `**` or is no name even with its wildcards filled in.
 */
const completed = (pattern: string): string | undefined => {
  if (pattern.startsWith('**')) return undefined;
  const [path = '', ...rest] = pattern.split(/(?=:[^/]*$)/);
  const reference = tryParseReference(path.replaceAll(/\*\*|\*|\?/g, PLACEHOLDER));
  if (reference === undefined) return undefined;
  const { tag: _tag, ...untagged } = reference;
  const full = formatReference(untagged);
  const filled = path.replaceAll(/\*\*|\*|\?/g, PLACEHOLDER);
  const prefix = full.endsWith(filled) ? full.slice(0, full.length - filled.length) : '';
  return `${prefix}${path}${rest.join('')}`;
};

/**
 * Asks whether a full name fits a pattern: as it is written, or as Docker completes it. A pattern without a tag fits
 * every tag.
 */
export const namePattern = (pattern: string): ((name: string) => boolean) => {
  const texts = [pattern, completed(pattern)].filter((text) => text !== undefined);
  const tests = texts.flatMap((text) =>
    /:[^/]*$/.test(text) || text.endsWith('**')
      ? [globExpression(text)]
      : [globExpression(text), globExpression(`${text}:*`)],
  );
  return (name) => tests.some((test) => test.test(name));
};

/** True if a name fits one of the patterns. */
export const matchesAny = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => namePattern(pattern)(name));
