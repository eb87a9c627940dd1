import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { DEFAULT_LIMITS } from '../../base/limits.js';

export type TokenKind = 'string' | 'number' | 'variable' | 'field' | 'dot' | 'word' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string, what it means; of a field and a variable, with its sign. */
  readonly text: string;
  /** Code units from the start of the template. */
  readonly offset: number;
  /** Nothing stands between it and what comes before. */
  readonly isGlued: boolean;
}

/** A template is text and actions by turns. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly offset: number };

/** The option that every template comes from. */
const SUBJECT = '--format';

export const templateError = (
  what: string,
  details: {
    readonly offset?: number;
    readonly expected?: string;
    readonly found?: string;
    readonly hint?: string;
  } = {},
): ToolError => new ToolError('USAGE', what, { subject: SUBJECT, ...details });

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\s\S]))/g;

const unquote = (quoted: string, offset: number): string => {
  if (quoted.startsWith('`')) return quoted.slice(1, -1);
  return quoted.slice(1, -1).replace(ESCAPE, (whole: string, two?: string, four?: string, one?: string) => {
    const meant = one === undefined ? String.fromCharCode(parseInt(two ?? four ?? '', 16)) : ESCAPES[one];
    if (meant === undefined) throw templateError('no such escape in a string', { offset, found: excerpt(whole) });
    return meant;
  });
};

const TOKEN =
  /(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<number>[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))|(?<variable>\$\w*)|(?<field>\.[A-Za-z_]\w*)|(?<dot>\.)|(?<word>[A-Za-z_]\w*)|(?<mark>:=|[=|(),])/y;

const KINDS = ['string', 'number', 'variable', 'field', 'dot', 'word', 'mark'] as const;

const COMMENT = /\s*\/\*[\s\S]*?\*\/(?:\s+-)?\}\}/y;
const CLOSE = /(\s-)?\}\}/y;
const SPACE = /\s+/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

interface Action {
  readonly tokens: readonly Token[];
  /** After the closing braces. */
  readonly end: number;
  readonly isComment: boolean;
  readonly trimsRight: boolean;
}

const scanAction = (text: string, start: number, from: number): Action => {
  const comment = matchAt(COMMENT, text, from);
  if (comment !== null) {
    const end = from + comment[0].length;
    return { tokens: [], end, isComment: true, trimsRight: comment[0].endsWith('-}}') };
  }
  const tokens: Token[] = [];
  let at = from;
  let isGlued = false;
  for (;;) {
    const close = matchAt(CLOSE, text, at);
    if (close !== null) {
      return { tokens, end: at + close[0].length, isComment: false, trimsRight: close[1] !== undefined };
    }
    const space = matchAt(SPACE, text, at);
    if (space !== null) {
      // The minus sign of a closing brace needs the space before it.
      const end = at + space[0].length;
      at = text.startsWith('-}}', end) ? end - 1 : end;
      isGlued = false;
      continue;
    }
    if (at >= text.length) throw templateError('an action is not closed', { offset: start, expected: '}}' });
    const groups = matchAt(TOKEN, text, at)?.groups ?? {};
    const kind = KINDS.find((name) => groups[name] !== undefined);
    const written = kind === undefined ? undefined : groups[kind];
    if (kind === undefined || written === undefined) {
      throw templateError('not a word of a template', { offset: at, found: excerpt(text.slice(at, at + 20)) });
    }
    tokens.push({ kind, text: kind === 'string' ? unquote(written, at) : written, offset: at, isGlued });
    at += written.length;
    isGlued = true;
  }
};

/** `\t` and `\n` outside of actions are a tab and a line's end, since a shell passes them on as they are typed. */
const plainText = (text: string): string => text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');

/**
 * A template as text and actions, white space beside `{{-` and `-}}` taken away.
 * @throws {ToolError} USAGE
 */
export const scanTemplate = (text: string): readonly Piece[] => {
  if (text.length > DEFAULT_LIMITS.template) {
    throw templateError('too long', { expected: `up to ${DEFAULT_LIMITS.template} characters` });
  }
  const pieces: Piece[] = [];
  let at = 0;
  let trimsLeft = false;
  while (at <= text.length) {
    const open = text.indexOf('{{', at);
    const trimsRight = open >= 0 && /^-\s/.test(text.slice(open + 2, open + 4));
    let between = plainText(text.slice(at, open < 0 ? undefined : open));
    if (trimsLeft) between = between.trimStart();
    if (trimsRight) between = between.trimEnd();
    if (between !== '') pieces.push({ kind: 'text', text: between });
    if (open < 0) break;
    const action = scanAction(text, open, open + (trimsRight ? 3 : 2));
    if (!action.isComment) pieces.push({ kind: 'action', tokens: action.tokens, offset: open });
    at = action.end;
    trimsLeft = action.trimsRight;
  }
  return pieces;
};
