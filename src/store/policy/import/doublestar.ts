/** Patterns of the doublestar library, as Harbor and zot have them. @see https://github.com/bmatcuk/doublestar/blob/v1.3.4/README.md */

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The end of a `{…}` or `[…]` that begins at a place; -1 if there is none. */
const endOf = (pattern: string, from: number, open: string, close: string): number => {
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    const unit = pattern.charAt(at);
    if (unit === '\\') at += 1;
    else if (unit === open) depth += 1;
    else if (unit === close && (depth -= 1) === 0) return at;
  }
  return -1;
};

/** The parts of `a,{b,c},d` that no braces hold together. */
const alternatives = (text: string): readonly string[] => {
  const parts = [''];
  let depth = 0;
  for (const unit of text) {
    if (unit === '{') depth += 1;
    if (unit === '}') depth -= 1;
    if (unit === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] = `${parts.at(-1) ?? ''}${unit}`;
  }
  return parts;
};

const classSource = (text: string): string | undefined => {
  const isNegated = /^[!^]/.test(text);
  const body = isNegated ? text.slice(1) : text;
  if (body === '' || /[[\]]/.test(body)) return undefined;
  return `[${isNegated ? '^/' : ''}${body.replaceAll(/[\\^]/g, '\\$&')}]`;
};

/** The source of a regular expression without its ends; undefined for a malformed pattern. */
export const doublestarSource = (pattern: string): string | undefined => {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const unit = pattern.charAt(at);
    const isStart = at === 0 || pattern.charAt(at - 1) === '/';
    if (isStart && pattern.startsWith('**/', at)) {
      source += '(?:.*\\/)?';
      at += 2;
    } else if (isStart && pattern.slice(at) === '**') {
      // `a/**` fits `a` as well.
      source = source.endsWith('\\/') ? `${source.slice(0, -2)}(?:\\/.*)?` : `${source}.*`;
      at += 1;
    } else if (unit === '*') source += source.endsWith('[^/]*') ? '' : '[^/]*';
    else if (unit === '?') source += '[^/]';
    else if (unit === '\\') {
      at += 1;
      source += escape(pattern.charAt(at));
    } else if (unit === '{') {
      const end = endOf(pattern, at, '{', '}');
      if (end < 0) return undefined;
      const parts = alternatives(pattern.slice(at + 1, end)).map(doublestarSource);
      if (parts.includes(undefined)) return undefined;
      source += `(?:${parts.join('|')})`;
      at = end;
    } else if (unit === '[') {
      const end = endOf(pattern, at, '[', ']');
      const text = end < 0 ? undefined : classSource(pattern.slice(at + 1, end));
      if (text === undefined) return undefined;
      source += text;
      at = end;
    } else source += escape(unit);
  }
  return source;
};

/** The same pattern in the language of Ingot, if it is one there as well. */
const asGlob = (pattern: string): string | undefined => {
  if (pattern === '**') return pattern;
  return /^[\w.*?/-]+$/.test(pattern) && !pattern.includes('**') ? pattern : undefined;
};

/** Of tags, which have no `/`. Undefined for a malformed pattern. */
export const doublestarTags = (pattern: string, isNot = false): string | undefined => {
  const source = doublestarSource(pattern);
  if (source === undefined) return undefined;
  if (isNot) return `/^(?!(?:${source})$)/`;
  return pattern === '**' ? '*' : (asGlob(pattern) ?? `/^(?:${source})$/`);
};

/** Of repositories: a pattern of Ingot's, or the source of an expression. Undefined for a malformed pattern. */
export const doublestarRepos = (
  pattern: string,
): { readonly glob: string } | { readonly source: string } | undefined => {
  const glob = asGlob(pattern);
  if (glob !== undefined) return { glob };
  const source = doublestarSource(pattern);
  return source === undefined ? undefined : { source };
};
