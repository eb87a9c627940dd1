import { patternFault } from '../match.js';

/** Of Go's and Ruby's RE2 what the expressions here do not have, or have with another meaning. */
const FOREIGN = /\[\[[:.=]|\[:\^?[a-z]+:\]|\\[QECpPhRKGXZ]|\(\?(?![:=!<]|P<)|\(\?<?[PR]?[&>]/;

const SYNTAX = new Set('^$\\.*+?()[]{}|/');

/** Escapes that the strict form of the expressions here refuses although the character stands for itself. */
const plainEscapes = (source: string): string => {
  let text = '';
  let isClass = false;
  for (let at = 0; at < source.length; at++) {
    const unit = source.charAt(at);
    const next = source.charAt(at + 1);
    if (unit === '\\') {
      const isPlain = /[^A-Za-z0-9]/.test(next) && !SYNTAX.has(next) && !(next === '-' && isClass);
      text += next === 'A' ? '^' : next === 'z' ? '$' : isPlain ? next : `\\${next}`;
      at += 1;
      continue;
    }
    if (unit === '[') isClass = true;
    if (unit === ']') isClass = false;
    text += unit;
  }
  return text;
};

/** An expression in the form that a pattern takes: its source, and `i` if letters may have any case. */
export interface Expression {
  readonly source: string;
  readonly flags: '' | 'i';
}

/**
 * A regular expression of another engine, if it means the same here; undefined otherwise. Nothing is guessed: what the
 * engines read differently is refused.
 */
export const readExpression = (source: string): Expression | undefined => {
  const flags = source.startsWith('(?i)') ? 'i' : '';
  const body = flags === 'i' ? source.slice('(?i)'.length) : source;
  if (FOREIGN.test(body) || body.length > 900) return undefined;
  const text = plainEscapes(body.replaceAll('(?P<', '(?<'));
  return patternFault(`/${text}/${flags}`) === undefined ? { source: text, flags } : undefined;
};

/** Fits a tag if the expression fits somewhere in it. */
export const searchPattern = ({ source, flags }: Expression): string => `/${source}/${flags}`;

/** Fits a tag if the expression fits nowhere in it. */
export const missPattern = ({ source, flags }: Expression): string => `/^(?!.*(?:${source}))/${flags}`;
