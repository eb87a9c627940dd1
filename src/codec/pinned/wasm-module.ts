import {
  type I32,
  type Statement,
  type ValueType,
  type Variable,
  bodyBytes,
  signed,
  unsigned,
  variable,
} from './wasm-code.js';

const TYPE_CODE: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e };
const PAGE = 65536;
/** "\0asm" and version 1. */
const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const;

interface FunctionPart {
  readonly name: string;
  readonly parameters: number;
  readonly result: I32 | undefined;
  readonly locals: readonly ValueType[];
  readonly body: readonly Statement[];
}

/** Makes locals of a function; they begin with 0. */
export interface Locals {
  i32(): Variable<'i32'>;
  i64(): Variable<'i64'>;
}

/** What a function does, and what it gives back. */
export interface Definition {
  readonly body: readonly Statement[];
  readonly result?: I32;
}

const section = (id: number, items: readonly (readonly number[])[]): readonly number[] => {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
};
const nameBytes = (name: string): readonly number[] => {
  const bytes = [...new TextEncoder().encode(name)];
  return [...unsigned(bytes.length), ...bytes];
};

/**
 * A WebAssembly module with a memory of fixed size, 32-bit globals that can be set from outside, and functions of
 * 32-bit numbers. Everything is exported, the memory as `memory`.
 * @see {@link https://webassembly.github.io/spec/core/binary/modules.html}
 */
export class WasmModule {
  readonly #pages: number;
  readonly #globals: string[] = [];
  readonly #functions: FunctionPart[] = [];

  /** @param memory bytes; rounded up to pages */
  constructor(memory: number) {
    this.#pages = Math.ceil(memory / PAGE);
  }

  /** A global that begins with 0. */
  global(name: string): Variable<'i32'> {
    this.#globals.push(name);
    return variable('i32', 0x23, 0x24, this.#globals.length - 1);
  }

  /** A function of 32-bit numbers; `define` gets them by name. */
  function<P extends string>(
    name: string,
    parameters: readonly P[],
    define: (given: Readonly<Record<P, Variable<'i32'>>>, locals: Locals) => Definition,
  ): void {
    const types: ValueType[] = [];
    const local = <T extends ValueType>(type: T): Variable<T> => {
      types.push(type);
      return variable(type, 0x20, 0x21, types.length - 1);
    };
    const given = Object.fromEntries(parameters.map((parameter) => [parameter, local('i32')])) as Record<
      P,
      Variable<'i32'>
    >;
    const { body, result } = define(given, { i32: () => local('i32'), i64: () => local('i64') });
    const count = parameters.length;
    this.#functions.push({ name, parameters: count, result, locals: types.slice(count), body });
  }

  bytes(): Uint8Array {
    const functions = this.#functions;
    return Uint8Array.from([
      ...MAGIC,
      ...section(
        1,
        functions.map(({ parameters, result }) => [
          0x60,
          ...unsigned(parameters),
          ...Array.from({ length: parameters }, () => TYPE_CODE.i32),
          ...(result === undefined ? [0] : [1, TYPE_CODE.i32]),
        ]),
      ),
      ...section(
        3,
        functions.map((_, index) => unsigned(index)),
      ),
      ...section(5, [[1, ...unsigned(this.#pages), ...unsigned(this.#pages)]]),
      ...section(
        6,
        this.#globals.map(() => [TYPE_CODE.i32, 1, 0x41, ...signed(0), 0x0b]),
      ),
      ...section(7, [
        [...nameBytes('memory'), 2, 0],
        ...functions.map(({ name }, index) => [...nameBytes(name), 0, ...unsigned(index)]),
        ...this.#globals.map((name, index) => [...nameBytes(name), 3, ...unsigned(index)]),
      ]),
      ...section(
        10,
        functions.map(({ locals, body, result }) => {
          const code = [
            ...unsigned(locals.length),
            ...locals.flatMap((type) => [1, TYPE_CODE[type]]),
            ...bodyBytes(body),
            ...(result === undefined ? [] : result.emit([])),
            0x0b,
          ];
          return [...unsigned(code.length), ...code];
        }),
      ),
    ]);
  }
}
