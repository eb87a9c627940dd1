import { excerpt } from '../../base/escape.js';
import { DEFAULT_LIMITS } from '../../base/limits.js';
import { nearName } from '../near.js';
import { callFunction } from './function.js';
import { templateError } from './scan.js';
import type { Block, Command, Control, Node, Operand, Pipe } from './syntax.js';
import { type Value, entriesOf, isFields, isList, isMap, isTrue, kindOf, textOf } from './value.js';

/** How a template gets at values. The head of a table is made by other rules than its rows. */
export interface Rules {
  /** @throws {ToolError} USAGE if the value has no such field */
  readonly field: (value: Value, name: string) => Value;
  readonly call: (name: string, args: readonly Value[]) => Value;
  /** Keys and values that a loop goes over. @throws {ToolError} USAGE if there are none to go over */
  readonly turns: (value: Value) => readonly (readonly [Value, Value])[];
}

const fieldOf = (value: Value, name: string): Value => {
  if (isMap(value)) return value.get(name);
  if (!isFields(value)) {
    throw templateError("can't evaluate field", { found: `"${excerpt(name)}" of ${kindOf(value)}` });
  }
  if (Object.hasOwn(value, name)) return value[name];
  const names = Object.keys(value);
  const near = nearName(name, names) ?? names.find((known) => known.toLowerCase() === name.toLowerCase());
  throw templateError("can't evaluate field", {
    found: `"${excerpt(name)}"`,
    expected: names.join(', '),
    ...(near === undefined ? {} : { hint: `did you mean .${near}?` }),
  });
};

const turnsOf = (value: Value): readonly (readonly [Value, Value])[] => {
  if (value === undefined) return [];
  if (isList(value)) return [...value.entries()];
  if (isMap(value)) return entriesOf(value);
  throw templateError('range cannot go over this', { expected: 'a list or a map', found: kindOf(value) });
};

export const ROW_RULES: Rules = { field: fieldOf, call: callFunction, turns: turnsOf };

/** How a block ended: at its end, or by leaving the turn of a loop or the loop. */
type Way = 'on' | 'break' | 'continue';

class Run {
  readonly #out: string[] = [];
  readonly #rules: Rules;
  /** The innermost last. */
  readonly #variables: { readonly name: string; value: Value }[];
  #steps = 0;

  constructor(rules: Rules, root: Value) {
    this.#rules = rules;
    this.#variables = [{ name: '$', value: root }];
  }

  get text(): string {
    return this.#out.join('');
  }

  #step(): void {
    if (++this.#steps <= DEFAULT_LIMITS.templateSteps) return;
    throw templateError('takes too long', { expected: `up to ${DEFAULT_LIMITS.templateSteps} steps` });
  }

  block(nodes: Block, dot: Value): Way {
    for (const node of nodes) {
      const way = this.#node(node, dot);
      if (way !== 'on') return way;
    }
    return 'on';
  }

  #node(node: Node, dot: Value): Way {
    switch (node.kind) {
      case 'text':
        this.#out.push(node.text);
        return 'on';
      case 'print': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.#out.push(textOf(value));
        return 'on';
      }
      case 'break':
      case 'continue':
        return node.kind;
      case 'if':
      case 'with':
        return this.#scope(() => {
          const value = this.#pipe(node.pipe, dot);
          const isMet = isTrue(value);
          return this.block(isMet ? node.body : node.otherwise, isMet && node.kind === 'with' ? value : dot);
        });
      case 'range':
        return this.#scope(() => this.#range(node, dot));
    }
  }

  /** Variables that are made inside end with it. */
  #scope<T>(work: () => T): T {
    const before = this.#variables.length;
    const result = work();
    this.#variables.length = before;
    return result;
  }

  #range(node: Control, dot: Value): Way {
    const { variables, isNew, commands } = node.pipe;
    const turns = this.#rules.turns(this.#pipe({ variables: [], isNew: false, commands }, dot));
    if (turns.length === 0) return this.block(node.otherwise, dot);
    for (const [key, value] of turns) {
      this.#step();
      const way = this.#scope(() => {
        const names = variables.length === 2 ? [key, value] : [value];
        for (const [at, name] of variables.entries()) this.#set(name, names[at], isNew);
        return this.block(node.body, value);
      });
      if (way === 'break') break;
    }
    return 'on';
  }

  #set(name: string, value: Value, isNew: boolean): void {
    const known = isNew ? undefined : this.#variables.findLast((variable) => variable.name === name);
    if (known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #pipe({ variables, isNew, commands }: Pipe, dot: Value): Value {
    let value: Value;
    for (const [at, command] of commands.entries()) {
      this.#step();
      value = at === 0 ? this.#command(command, dot, []) : this.#command(command, dot, [value]);
    }
    for (const name of variables) this.#set(name, value, isNew);
    return value;
  }

  /** @param last the value of the command before, which is the last argument */
  #command(command: Command, dot: Value, last: readonly Value[]): Value {
    if (command.kind === 'value') return this.#operand(command.operand, dot);
    const { name, args } = command;
    if (name === 'and' || name === 'or') return this.#decide(name, args, dot, last);
    return this.#rules.call(name, [...args.map((operand) => this.#operand(operand, dot)), ...last]);
  }

  /** Arguments that do not matter any more are not looked at. */
  #decide(name: 'and' | 'or', args: readonly Operand[], dot: Value, last: readonly Value[]): Value {
    const seen: Value[] = [];
    for (const operand of args) {
      const value = this.#operand(operand, dot);
      seen.push(value);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return this.#rules.call(name, [...seen, ...last]);
  }

  #operand({ base, fields }: Operand, dot: Value): Value {
    let value = this.#base(base, dot);
    for (const name of fields) value = this.#rules.field(value, name);
    return value;
  }

  #base(base: Operand['base'], dot: Value): Value {
    switch (base.kind) {
      case 'constant':
        return base.value;
      case 'dot':
        return dot;
      case 'variable':
        return this.#variables.findLast(({ name }) => name === base.name)?.value;
      case 'pipe':
        return this.#pipe(base.pipe, dot);
    }
  }
}

/**
 * The text that a template makes of a value.
 * @throws {ToolError} USAGE for a field that is not there, with those that are; for a function that cannot work on what
 * it gets; beyond the limit of steps
 */
export const evaluateTemplate = (template: Block, value: Value, rules: Rules = ROW_RULES): string => {
  const run = new Run(rules, value);
  run.block(template, value);
  return run.text;
};
