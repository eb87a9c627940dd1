import { ToolError } from '../../base/error.js';

/** One way in which a server wants to be convinced. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Lower-case names. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
// Of what RFC 9110 allows in a quoted string, that which is text.
const QUOTED = /"((?:[\t !#-[\]-~\u0080-\u00ff]|\\[\t -~\u0080-\u00ff])*)"/y;
const SPACE = /[ \t]*/y;

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Commas and space between the elements of a list; empty elements count for nothing. */
  separator(): boolean {
    let seen = false;
    do this.take(SPACE);
    while (this.takeText(',') && (seen = true));
    return seen;
  }

  /** Goes back to where it was if the attempt finds nothing. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const before = this.#at;
    const found = read();
    if (found === undefined) this.#at = before;
    return found;
  }

  fail(subject: string): never {
    throw new ToolError('AUTH_CHALLENGE_INVALID', 'asks for credentials in a way that is not understood', {
      subject,
      offset: this.#at,
      expected: 'WWW-Authenticate as in RFC 9110',
      hint: 'check that the address is that of a registry',
    });
  }
}

const readParameter = (scanner: Scanner): readonly [name: string, value: string] | undefined =>
  scanner.attempt(() => {
    const name = scanner.take(TOKEN)?.[0].toLowerCase();
    scanner.take(SPACE);
    if (name === undefined || !scanner.takeText('=')) return undefined;
    scanner.take(SPACE);
    const quoted = scanner.take(QUOTED)?.[1];
    const value = quoted === undefined ? scanner.take(TOKEN)?.[0] : quoted.replace(/\\(.)/g, '$1');
    return value === undefined ? undefined : [name, value];
  });

/** True if the next element of the list is a parameter; otherwise it begins another challenge. */
const readParameters = (scanner: Scanner, subject: string): ReadonlyMap<string, string> => {
  const parameters = new Map<string, string>();
  for (;;) {
    const parameter = scanner.attempt(() => {
      if (parameters.size > 0 && !scanner.separator()) return undefined;
      return readParameter(scanner);
    });
    if (parameter === undefined) return parameters;
    if (parameters.has(parameter[0])) return scanner.fail(subject);
    parameters.set(...parameter);
  }
};

/**
 * Reads `WWW-Authenticate`: any number of challenges, in their order. A challenge with a lone value in place of
 * parameters, as Negotiate has it, is given without parameters.
 * @param subject names the server in errors
 * @throws {ToolError} AUTH_CHALLENGE_INVALID for what the grammar does not allow, and for a parameter that comes twice
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export const parseChallenges = (header: string, subject: string): readonly Challenge[] => {
  const scanner = new Scanner(header);
  const challenges: Challenge[] = [];
  scanner.separator();
  while (!scanner.ended) {
    const scheme = scanner.take(TOKEN)?.[0].toLowerCase();
    if (scheme === undefined) return scanner.fail(subject);
    const spaced = scanner.takeText(' ');
    scanner.take(SPACE);
    const lone = spaced ? scanner.attempt(() => scanner.take(TOKEN68)) : undefined;
    const parameters = spaced && lone === undefined ? readParameters(scanner, subject) : new Map<string, string>();
    challenges.push({ scheme, parameters });
    if (!scanner.separator() && !scanner.ended) return scanner.fail(subject);
  }
  return challenges;
};
