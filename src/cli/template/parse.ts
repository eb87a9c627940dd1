import { excerpt } from '../../base/escape.js';
import { DEFAULT_LIMITS } from '../../base/limits.js';
import { nearName } from '../near.js';
import { FUNCTION_NAMES } from './function.js';
import { type Piece, type Token, scanTemplate, templateError } from './scan.js';
import type { Block, Command, Node, Operand, Pipe } from './syntax.js';
import { Written } from './value.js';

const quoted = (text: string): string => `"${excerpt(text, 40)}"`;

const tooDeep = (offset: number): never => {
  throw templateError('nested too deep', { offset, expected: `up to ${DEFAULT_LIMITS.templateDepth} levels` });
};

/** The words of one action, read from left to right. */
class ActionReader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  /** Names of variables that may be used. */
  readonly #known: string[];
  #at = 0;
  #depth = 0;

  constructor({ tokens, offset }: Piece & { readonly kind: 'action' }, known: string[]) {
    this.#tokens = tokens;
    this.#end = offset;
    this.#known = known;
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  get offset(): number {
    return this.#next?.offset ?? this.#end;
  }

  get isDone(): boolean {
    return this.#next === undefined;
  }

  take<const W extends string>(...words: readonly W[]): W | undefined {
    const token = this.#next;
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'mark')) return undefined;
    const taken = words.find((word) => word === token.text);
    if (taken !== undefined) this.#at++;
    return taken;
  }

  fail(what: string, expected?: string): never {
    const found = this.#next === undefined ? 'the end of the action' : quoted(this.#next.text);
    throw templateError(what, { offset: this.offset, found, ...(expected === undefined ? {} : { expected }) });
  }

  finish(): void {
    if (!this.isDone) this.fail('a word too many in an action');
  }

  #fields(): readonly string[] {
    const fields: string[] = [];
    while (this.#next?.kind === 'field' && this.#next.isGlued) {
      fields.push(this.#next.text.slice(1));
      this.#at++;
    }
    return fields;
  }

  #base(): Operand['base'] | undefined {
    const token = this.#next;
    if (token === undefined) return undefined;
    switch (token.kind) {
      case 'string':
        this.#at++;
        return { kind: 'constant', value: new Written(token.text) };
      case 'number':
        this.#at++;
        return { kind: 'constant', value: Number(token.text) };
      case 'variable':
        if (!this.#known.includes(token.text)) this.fail('no such variable', this.#known.join(', '));
        this.#at++;
        return { kind: 'variable', name: token.text };
      case 'dot':
        this.#at++;
        if (this.#next?.kind === 'field' && this.#next.isGlued) this.fail('two dots in a row');
        return { kind: 'dot' };
      case 'field':
        return { kind: 'dot' };
      case 'word': {
        const constant = this.take('true', 'false', 'nil');
        if (constant === undefined) return undefined;
        return { kind: 'constant', value: constant === 'nil' ? undefined : constant === 'true' };
      }
      case 'mark': {
        if (this.take('(') === undefined) return undefined;
        if (++this.#depth > DEFAULT_LIMITS.templateDepth) tooDeep(token.offset);
        const pipe = this.#commands();
        if (this.take(')') === undefined) this.fail('a parenthesis is not closed', ')');
        this.#depth--;
        return { kind: 'pipe', pipe: { variables: [], isNew: false, commands: pipe } };
      }
    }
  }

  #operand(): Operand | undefined {
    const { offset } = this;
    const first = this.#next;
    if (first?.isGlued === true && first.kind !== 'mark' && this.#isAfterOperand()) {
      this.fail('a space is missing between two values');
    }
    const base = this.#base();
    if (base === undefined) return undefined;
    // The first field of the dot stands for the dot itself.
    if (first?.kind !== 'field') return { base, fields: this.#fields(), offset };
    this.#at++;
    return { base, fields: [first.text.slice(1), ...this.#fields()], offset };
  }

  #isAfterOperand(): boolean {
    const before = this.#tokens[this.#at - 1];
    return before !== undefined && (before.kind !== 'mark' || before.text === ')');
  }

  #operands(): readonly Operand[] {
    const operands: Operand[] = [];
    for (let next = this.#operand(); next !== undefined; next = this.#operand()) operands.push(next);
    return operands;
  }

  #command(): Command {
    const token = this.#next;
    const { offset } = this;
    if (token?.kind === 'word' && !['true', 'false', 'nil'].includes(token.text)) {
      if (!FUNCTION_NAMES.includes(token.text)) {
        const near = nearName(token.text, FUNCTION_NAMES);
        throw templateError('no such function', {
          offset,
          found: quoted(token.text),
          expected: FUNCTION_NAMES.join(', '),
          ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
        });
      }
      this.#at++;
      return { kind: 'call', name: token.text, args: this.#operands(), offset };
    }
    const operand = this.#operand();
    if (operand === undefined) return this.fail('a value is missing', 'a field, a variable, a constant or a function');
    if (operand.base.kind === 'constant' && operand.base.value === undefined) {
      throw templateError('nil alone says nothing', { offset });
    }
    return { kind: 'value', operand };
  }

  #commands(): readonly Command[] {
    const commands = [this.#command()];
    while (this.take('|') !== undefined) {
      const { offset } = this;
      const command = this.#command();
      if (command.kind === 'value') throw templateError('what follows | must be a function', { offset });
      commands.push(command);
    }
    return commands;
  }

  #variables(most: number): { readonly names: readonly string[]; readonly isNew: boolean } {
    const names: string[] = [];
    const from = this.#at;
    while (this.#next?.kind === 'variable' && names.length < most) {
      names.push(this.#next.text);
      this.#at++;
      if (this.take(',') === undefined) break;
    }
    const sign = names.length === 0 ? undefined : this.take(':=', '=');
    if (sign === undefined) {
      if (names.length > 1) this.fail('two variables and no value for them', ':=');
      this.#at = from;
      return { names: [], isNew: false };
    }
    if (names.includes('$')) this.fail('$ cannot be set');
    const isNew = sign === ':=';
    const unknown = isNew ? undefined : names.find((name) => !this.#known.includes(name));
    if (unknown !== undefined) this.fail(`no such variable: ${unknown}`, this.#known.join(', '));
    return { names, isNew };
  }

  /** @param most how many variables may stand before the value */
  pipe(most = 1): Pipe {
    const { names, isNew } = this.#variables(most);
    const commands = this.#commands();
    if (isNew) this.#known.push(...names);
    return { variables: names, isNew, commands };
  }
}

const CONTROL = ['if', 'with', 'range', 'else', 'end', 'break', 'continue', 'define', 'template', 'block'] as const;

/** The blocks of a template, read from left to right. */
class TemplateReader {
  readonly #pieces: readonly Piece[];
  readonly #known: string[] = ['$'];
  #at = 0;
  #loops = 0;
  #depth = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** Nodes up to an action that ends the block, which is given with its rest. */
  #block(): { readonly nodes: Block; readonly end?: 'else' | 'end'; readonly rest?: ActionReader } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#at++]; piece !== undefined; piece = this.#pieces[this.#at++]) {
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      const action = new ActionReader(piece, this.#known);
      const word = action.take(...CONTROL);
      if (word === 'else' || word === 'end') return { nodes, end: word, rest: action };
      if (word === 'define' || word === 'template' || word === 'block') {
        throw templateError(`"${word}" is not part of these templates`, { offset: piece.offset });
      }
      if (word === 'break' || word === 'continue') {
        if (this.#loops === 0) throw templateError(`"${word}" outside of a range`, { offset: piece.offset });
        action.finish();
        nodes.push({ kind: word });
      } else if (word === undefined) {
        nodes.push({ kind: 'print', pipe: action.pipe() });
        action.finish();
      } else {
        nodes.push(this.#control(word, action, piece.offset));
      }
    }
    return { nodes };
  }

  #control(kind: 'if' | 'with' | 'range', action: ActionReader, offset: number): Node {
    if (++this.#depth > DEFAULT_LIMITS.templateDepth) tooDeep(offset);
    const before = this.#known.length;
    const pipe = action.pipe(kind === 'range' ? 2 : 1);
    action.finish();
    const inside = this.#known.length;
    if (kind === 'range') this.#loops++;
    const { nodes: body, end, rest } = this.#block();
    if (kind === 'range') this.#loops--;
    this.#known.length = inside;
    const otherwise = end === 'else' && rest !== undefined ? this.#otherwise(rest, offset) : [];
    if (end === undefined) throw templateError(`"${kind}" has no end`, { offset, expected: '{{end}}' });
    if (end === 'end') rest?.finish();
    this.#known.length = before;
    this.#depth--;
    return { kind, pipe, body, otherwise };
  }

  #otherwise(rest: ActionReader, offset: number): Block {
    const word = rest.take('if', 'with');
    // `else if` is an `if` in the `else`, which ends with the same `end`.
    if (word === 'if' || word === 'with') return [this.#control(word, rest, offset)];
    rest.finish();
    const { nodes, end, rest: last } = this.#block();
    if (end !== 'end') throw templateError('"else" has no end', { offset, expected: '{{end}}' });
    last?.finish();
    return nodes;
  }

  read(): Block {
    const { nodes, end, rest } = this.#block();
    if (end !== undefined) throw templateError(`"${end}" without a beginning`, { offset: rest?.offset ?? 0 });
    return nodes;
  }
}

/**
 * A template in the language of docker's and podman's `--format`: fields, pipes, `if`, `with`, `range`, variables.
 * @throws {ToolError} USAGE with the offset in the template
 * @see https://pkg.go.dev/text/template@go1.26
 */
export const parseTemplate = (text: string): Block => new TemplateReader(scanTemplate(text)).read();
