import type { Written } from './value.js';

/** A template as a tree. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | Control
  | { readonly kind: 'break' | 'continue' };

export interface Control {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: Block;
  readonly otherwise: Block;
}

export type Block = readonly Node[];

/** Commands that hand their results on, and the variables that the last one gives its result to. */
export interface Pipe {
  readonly variables: readonly string[];
  /** `:=` makes variables, `=` changes one. */
  readonly isNew: boolean;
  readonly commands: readonly Command[];
}

/** A function with its arguments, or one value. */
export type Command =
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Operand[]; readonly offset: number }
  | { readonly kind: 'value'; readonly operand: Operand };

/** A value, and the fields to follow from it. */
export interface Operand {
  readonly base:
    | { readonly kind: 'constant'; readonly value: undefined | boolean | number | Written }
    | { readonly kind: 'dot' }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'pipe'; readonly pipe: Pipe };
  readonly fields: readonly string[];
  readonly offset: number;
}
