/**
 * What a foreign policy was set on. A policy says nothing of it: it lies at a registry, a project or a repository, and
 * the store holds images from everywhere.
 */
export interface Scope {
  /** False if nobody said: then it is the whole store. */
  readonly isKnown: boolean;
  /** That repository alone. */
  readonly exact: readonly string[];
  /** It, and all below it. */
  readonly tree: readonly string[];
  /** Repositories below it by a pattern of Ingot's. */
  below(pattern: string): string;
  /** Repositories below it by a regular expression, which must fit as a whole. */
  belowExpression(source: string): string;
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const WILD = /[*?]/;

/** @param prefix a name such as `registry.example/team`, or a pattern; nothing for the whole store */
export const scopeOf = (prefix: string | undefined): Scope => {
  const known = prefix?.replace(/\/+$/, '');
  const isAll = known === undefined || known === '**';
  const above = isAll ? '**' : known;
  const isPattern = WILD.test(above);
  const before = isAll
    ? '(?:.*\\/)?'
    : `${above
        .split(/(\*\*|\*|\?)/)
        .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : escape(part)))
        .join('')}\\/`;
  return {
    isKnown: known !== undefined,
    exact: [above],
    tree: isPattern ? [above] : [above, `${above}/**`],
    below: (pattern) => (isAll && pattern === '**' ? '**' : `${above}/${pattern}`),
    belowExpression: (source) => `/^${before}(?:${source})$/`,
  };
};
