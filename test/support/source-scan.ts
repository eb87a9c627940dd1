/**
 * Enough of a TypeScript lexer to find imports and words in sources, without their comments, strings and regular
 * expressions: the compiler in use offers no API for it.
 */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'punctuation';
  /** A string's content, without quotes; otherwise as written. Of a template only the text up to the first `${`. */
  readonly text: string;
  readonly line: number;
}

const WORD_START = /[\p{ID_Start}$_#@]/u;
const WORD_PART = /[\p{ID_Continue}$\u200c\u200d]/u;
/** After these words a slash starts a regular expression. */
const BEFORE_REGEX = new Set(
  'return typeof case in of instanceof new delete void throw do else yield await default extends'.split(' '),
);
/** Marks of more than one character, longest first. */
const PUNCTUATION = [
  '>>>= ... === !== **= <<= >>= >>> &&= ||= ??=',
  '=> == != <= >= && || ?? ?. ++ -- += -= *= /= %= &= |= ^= << >> **',
].flatMap((line) => line.split(' '));

class Lexer {
  readonly tokens: Token[] = [];
  private at = 0;
  private line = 1;
  /** For each open brace: whether it opened `${` of a template. */
  private readonly braces: boolean[] = [];

  private readonly source: string;
  private readonly name: string;

  constructor(source: string, name: string) {
    this.source = source;
    this.name = name;
  }

  run(): Token[] {
    if (this.source.startsWith('#!')) this.skipTo('\n');
    while (this.at < this.source.length) this.next();
    if (this.braces.length > 0) this.fail('an open brace at the end');
    return this.tokens;
  }

  private fail(what: string): never {
    throw new Error(`${this.name}:${this.line}: cannot scan: ${what}`);
  }

  private push(kind: Token['kind'], text: string, line = this.line): void {
    this.tokens.push({ kind, text, line });
  }

  private advance(count: number): string {
    const text = this.source.slice(this.at, this.at + count);
    for (const character of text) if (character === '\n') this.line += 1;
    this.at += count;
    return text;
  }

  private skipTo(end: string, inclusive = false): void {
    const found = this.source.indexOf(end, this.at);
    if (found < 0 && inclusive) this.fail(`no ${end}`);
    this.advance((found < 0 ? this.source.length : found + (inclusive ? end.length : 0)) - this.at);
  }

  private next(): void {
    const { source, at } = this;
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    if (/\s/.test(character)) this.advance(1);
    else if (source.startsWith('//', at)) this.skipTo('\n');
    else if (source.startsWith('/*', at)) this.skipTo('*/', true);
    else if (character === "'" || character === '"') this.string(character);
    else if (character === '`') this.template();
    else if (character === '/' && this.regexMayStart()) this.regex();
    else if (/[0-9]/.test(character) || /^\.[0-9]/.test(source.slice(at, at + 2))) this.number();
    else if (WORD_START.test(character) || character === '\\') this.word();
    else if (character === '}' && this.braces.at(-1) === true) this.template();
    else this.punctuation();
  }

  private regexMayStart(): boolean {
    const before = this.tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === 'word') return BEFORE_REGEX.has(before.text) && this.tokens.at(-2)?.text !== '.';
    if (before.kind !== 'punctuation') return false;
    return ![')', ']', '}', '++', '--', '!'].includes(before.text) || this.notOperatorBefore(before);
  }

  /** `!` is a prefix (`!/x/.test(s)`), or asserts (`a! / b`): what stands before it decides. */
  private notOperatorBefore(token: Token): boolean {
    if (token.text !== '!') return false;
    const before = this.tokens.at(-2);
    if (before === undefined) return true;
    if (before.kind === 'word') return BEFORE_REGEX.has(before.text);
    return before.kind === 'punctuation' && ![')', ']', '}'].includes(before.text);
  }

  private string(quote: string): void {
    const { line } = this;
    this.advance(1);
    let text = '';
    for (;;) {
      const character = this.source[this.at];
      if (character === undefined || character === '\n') this.fail('a string without its end');
      if (character === '\\') text += this.advance(2);
      else if (character === quote) break;
      else text += this.advance(1);
    }
    this.advance(1);
    this.push('string', text, line);
  }

  /** From a backtick or from the brace that ends a substitution, to the backtick or to the next substitution. */
  private template(): void {
    const { line } = this;
    const opens = this.advance(1) === '`';
    if (!opens) this.braces.pop();
    let text = '';
    for (;;) {
      const character = this.source[this.at];
      if (character === undefined) this.fail('a template without its end');
      if (character === '\\') text += this.advance(2);
      else if (character === '`' || this.source.startsWith('${', this.at)) break;
      else text += this.advance(1);
    }
    if (opens) this.push('template', text, line);
    if (this.advance(1) === '$') {
      this.advance(1);
      this.braces.push(true);
      // What follows is an expression: a slash there starts a regular expression.
      this.push('punctuation', '(');
    } else if (!opens) {
      this.push('punctuation', ')');
    }
  }

  private regex(): void {
    const { line } = this;
    let text = this.advance(1);
    for (let inClass = false; ;) {
      const character = this.source[this.at];
      if (character === undefined || character === '\n') this.fail('a regular expression without its end');
      if (character === '\\') text += this.advance(2);
      else if (character === '/' && !inClass) break;
      else {
        if (character === '[') inClass = true;
        if (character === ']') inClass = false;
        text += this.advance(1);
      }
    }
    text += this.advance(1);
    while (/[a-z]/.test(this.source[this.at] ?? '')) text += this.advance(1);
    this.push('regex', text, line);
  }

  private number(): void {
    const text = /^(?:0[xob][\da-f_]+|[\d_]*\.?[\d_]*(?:e[+-]?[\d_]+)?)n?/i.exec(
      this.source.slice(this.at, this.at + 400),
    );
    this.push('number', this.advance(Math.max(1, text?.[0].length ?? 1)));
  }

  private word(): void {
    let end = this.at;
    while (end < this.source.length) {
      const character = String.fromCodePoint(this.source.codePointAt(end) ?? 0);
      if (end > this.at && !WORD_PART.test(character)) break;
      end += character.length;
    }
    this.push('word', this.advance(end - this.at));
  }

  private punctuation(): void {
    const { line } = this;
    const text = this.advance(PUNCTUATION.find((mark) => this.source.startsWith(mark, this.at))?.length ?? 1);
    if (text === '{') this.braces.push(false);
    if (text === '}' && this.braces.pop() === undefined) this.fail('a closing brace that nothing opened');
    this.push('punctuation', text, line);
  }
}

/** The tokens of a source. Throws on what it does not understand, rather than to see half. */
export const tokensOf = (source: string, name = 'source'): readonly Token[] => new Lexer(source, name).run();

export interface Reference {
  /** How the other module is named: `import`, `export … from`, `import()` and `import('…').T`, `new URL('….js', import.meta.url)`. */
  readonly kind: 'import' | 'export' | 'dynamic' | 'url';
  /** Absent where it is not a plain string. */
  readonly specifier: string | undefined;
  /** Imported or exported names as the other module calls them; `*` for all, `default`. */
  readonly names: readonly string[];
  readonly line: number;
}

/** `{ a, type b as c }` from its opening brace on: the first name of each. */
const namesIn = (tokens: readonly Token[]): readonly string[] => {
  const names: string[] = [];
  const open = tokens.findIndex((token) => token.text === '{' && token.kind === 'punctuation');
  if (open < 0) return names;
  let first = true;
  for (const [index, token] of tokens.entries()) {
    if (index <= open) continue;
    if (token.text === '}') break;
    if (token.text === ',') first = true;
    else if (first) {
      const next = tokens[index + 1]?.text;
      const modifier = token.text === 'type' && next !== ',' && next !== '}' && next !== 'as';
      if (!modifier) {
        names.push(token.text);
        first = false;
      }
    }
  }
  return names;
};

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'punctuation' && token.text === text;

/** Of `import …` or `export …` at `start`: the module that `from` names, or nothing. */
const staticReference = (tokens: readonly Token[], start: number, kind: 'import' | 'export'): Reference | undefined => {
  const { line } = tokens[start] as Token;
  const first = tokens[start + 1];
  if (kind === 'import' && first?.kind === 'string') return { kind, specifier: first.text, names: [], line };
  let end = start + 1;
  if (kind === 'export') {
    if (tokens[end]?.text === 'type' && (isMark(tokens[end + 1], '{') || isMark(tokens[end + 1], '*'))) end += 1;
    if (!isMark(tokens[end], '{') && !isMark(tokens[end], '*')) return undefined;
  }
  for (let inBraces = false; end < tokens.length; end += 1) {
    const token = tokens[end] as Token;
    if (isMark(token, '{')) inBraces = true;
    else if (isMark(token, '}')) inBraces = false;
    else if (!inBraces && token.text === 'from' && tokens[end + 1]?.kind === 'string') break;
    else if (!inBraces && (isMark(token, ';') || isMark(token, '='))) return undefined;
    else if (!inBraces && kind === 'export' && isMark(tokens[end - 1], '}')) return undefined;
  }
  const specifier = tokens[end + 1]?.text;
  if (specifier === undefined) return undefined;
  const clause = tokens.slice(start + 1, end);
  const head = clause.filter((token, index) => !(index === 0 && token.text === 'type' && clause.length > 1));
  const names = [...namesIn(head)];
  if (head.some((token) => isMark(token, '*'))) names.push('*');
  if (kind === 'import' && head[0]?.kind === 'word') names.push('default');
  return { kind, specifier, names, line };
};

/** Every place where a source names another module, in order. */
export const referencesOf = (tokens: readonly Token[]): readonly Reference[] => {
  const found: Reference[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || isMark(tokens[index - 1], '.') || isMark(tokens[index - 1], '?.')) continue;
    const next = tokens[index + 1];
    const argument = tokens[index + 2];
    const { line } = token;
    if (token.text === 'import' && isMark(next, '(')) {
      const plain = argument?.kind === 'string' && (isMark(tokens[index + 3], ')') || isMark(tokens[index + 3], ','));
      found.push({ kind: 'dynamic', specifier: plain ? argument.text : undefined, names: [], line });
    } else if (token.text === 'import' && !isMark(next, '.')) {
      const reference = staticReference(tokens, index, 'import');
      if (reference !== undefined) found.push(reference);
    } else if (token.text === 'export') {
      const reference = staticReference(tokens, index, 'export');
      if (reference !== undefined) found.push(reference);
    } else if (token.text === 'URL' && tokens[index - 1]?.text === 'new' && isMark(next, '(')) {
      const code = argument?.kind === 'string' && /\.[cm]?[jt]s$/.test(argument.text) && isMark(tokens[index + 3], ',');
      if (code) found.push({ kind: 'url', specifier: argument.text, names: [], line });
    }
  }
  return found;
};

/** Whether a source does nothing but `export … from`. */
export const onlyReexports = (tokens: readonly Token[]): boolean => {
  for (let at = 0; at < tokens.length;) {
    if (tokens[at]?.text !== 'export') return false;
    const reference = staticReference(tokens, at, 'export');
    if (reference === undefined) return false;
    while (at < tokens.length && tokens[at]?.kind !== 'string') at += 1;
    at += 1;
    if (isMark(tokens[at], ';')) at += 1;
  }
  return tokens.length > 0;
};

/** The names that a front door exports: of `{ a, b as c, type D }` in `export … from`, `a`, `c` and `D`. */
export const exportedNames = (tokens: readonly Token[]): readonly string[] => {
  const names: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.text !== 'export' || token.kind !== 'word') continue;
    let at = index + 1;
    if (tokens[at]?.text === 'type') at += 1;
    if (!isMark(tokens[at], '{')) continue;
    for (at += 1; at < tokens.length && !isMark(tokens[at], '}'); at += 1) {
      // A comma may stand behind the last one, too.
      if (isMark(tokens[at], ',')) continue;
      if (isMark(tokens[at + 1], ',') || isMark(tokens[at + 1], '}')) names.push(tokens[at]?.text ?? '');
    }
  }
  return names;
};
