import { globExpression, namePattern } from '../pattern.js';
import type { Protect, Rule } from './language.js';

const EXPRESSION = /^\/(.*)\/(i?)$/s;

/** The regular expression that a pattern is; undefined for others. @throws {SyntaxError} if it is malformed */
const expressionIn = (pattern: string): RegExp | undefined => {
  const [, body, flag = ''] = EXPRESSION.exec(pattern) ?? [];
  return body === undefined || pattern.length < 2 ? undefined : new RegExp(body, `u${flag}`);
};

/** What is wrong with a pattern, in words; undefined if nothing is. */
export const patternFault = (pattern: string): string | undefined => {
  try {
    expressionIn(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

export type TextTest = (text: string) => boolean;

/** Asks about a tag. */
export const tagTest = (pattern: string): TextTest => {
  const expression = expressionIn(pattern) ?? globExpression(pattern);
  return (tag) => expression.test(tag);
};

/**
 * Asks about a full name of a repository, `docker.io/library/app`. A pattern without a host may mean Docker's. Images
 * whose repository nobody knows are asked about as ''.
 */
export const repoTest = (pattern: string): TextTest => {
  const expression = expressionIn(pattern);
  return expression === undefined ? namePattern(pattern) : (repo) => expression.test(repo);
};

const anyOf =
  (tests: readonly TextTest[]): TextTest =>
  (text) =>
    tests.some((test) => test(text));

/** Whether a set of tags fits: one of them one pattern, or each pattern one of them. */
export type TagsTest = (tags: readonly string[]) => boolean;

export const tagsTest = (patterns: readonly string[], match: Rule['match']): TagsTest => {
  const tests = patterns.map(tagTest);
  return match === 'any'
    ? (tags) => tags.some(anyOf(tests))
    : (tags) => tags.length > 0 && tests.every((test) => tags.some(test));
};

export const reposTest = (patterns: readonly string[]): TextTest => anyOf(patterns.map(repoTest));

export interface ProtectSubject {
  readonly repo: string;
  /** Absent for an image without a name. */
  readonly tag?: string;
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
}

const labelsTest = (wanted: Protect['labels']): ((labels: Readonly<Record<string, string>>) => boolean) => {
  const tests = Object.entries(wanted).map(([key, value]): [string, TextTest] => {
    const parts = value.split('*');
    if (parts.length === 1) return [key, (text) => text === value];
    const expression = globExpression(parts.join('**'));
    return [key, (text) => expression.test(text)];
  });
  return (labels) => tests.every(([key, test]) => Object.hasOwn(labels, key) && test(labels[key] ?? ''));
};

/** Asks whether a name or an image without one is protected by an entry. */
export const protectTest = (protect: Protect): ((subject: ProtectSubject) => boolean) => {
  const repos = protect.repos === undefined ? undefined : reposTest(protect.repos);
  const tags = protect.tags === undefined ? undefined : tagsTest(protect.tags, 'any');
  const digests = protect.digests === undefined ? undefined : new Set(protect.digests);
  const labels = labelsTest(protect.labels);
  return (subject) =>
    (repos?.(subject.repo) ?? true) &&
    (tags?.(subject.tag === undefined ? [] : [subject.tag]) ?? true) &&
    (digests?.has(subject.digest) ?? true) &&
    labels(subject.labels);
};
