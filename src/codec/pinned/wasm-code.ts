/**
 * WebAssembly written as expressions. Each function gives a piece of code; TypeScript's types keep 32-bit, 64-bit
 * and no value apart. Only what the kernels here need is offered.
 * @see {@link https://webassembly.github.io/spec/core/binary/instructions.html}
 */
import { invariant } from '../../base/error.js';

export type ValueType = 'i32' | 'i64';

/** Bytes of code; the labels around it, innermost first, give branches their depth. */
type Emit = (labels: readonly string[]) => readonly number[];

/** Code that leaves one value. */
export interface Value<T extends ValueType> {
  readonly type: T;
  readonly emit: Emit;
}
export type I32 = Value<'i32'>;
export type I64 = Value<'i64'>;
/** Code that leaves nothing. */
export interface Statement {
  readonly type: 'none';
  readonly emit: Emit;
}
/** Something that holds a value: a local or a global. */
export interface Variable<T extends ValueType> extends Value<T> {
  set(value: Operand<T>): Statement;
}
/** Numbers stand for constants. */
export type Operand<T extends ValueType> = Value<T> | number;

/** LEB128 of an integer of up to 32 bits with a sign. */
export const signed = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = rest === ((low & 0x40) === 0 ? 0 : -1);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};

/** LEB128 of an integer from 0 to 2^31 - 1. */
export const unsigned = (value: number): readonly number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
};

const none = (emit: Emit): Statement => ({ type: 'none', emit });
const value = <T extends ValueType>(type: T, emit: Emit): Value<T> => ({ type, emit });
const lift = <T extends ValueType>(type: T, operand: Operand<T>): Value<T> =>
  typeof operand === 'number' ? value(type, () => [type === 'i32' ? 0x41 : 0x42, ...signed(operand)]) : operand;

/** A local or global by its number, with the opcodes that read and write it. */
export const variable = <T extends ValueType>(type: T, read: number, write: number, index: number): Variable<T> => ({
  type,
  emit: () => [read, ...unsigned(index)],
  set: (operand) => none((labels) => [...lift(type, operand).emit(labels), write, ...unsigned(index)]),
});

type Binary<T extends ValueType, R extends ValueType = T> = (a: Operand<T>, b: Operand<T>) => Value<R>;
const binary =
  <T extends ValueType, R extends ValueType>(type: T, result: R, opcode: number): Binary<T, R> =>
  (a, b) =>
    value(result, (labels) => [...lift(type, a).emit(labels), ...lift(type, b).emit(labels), opcode]);

export const add: Binary<'i32'> = binary('i32', 'i32', 0x6a);
export const sub: Binary<'i32'> = binary('i32', 'i32', 0x6b);
export const mul: Binary<'i32'> = binary('i32', 'i32', 0x6c);
export const and: Binary<'i32'> = binary('i32', 'i32', 0x71);
export const or: Binary<'i32'> = binary('i32', 'i32', 0x72);
export const xor: Binary<'i32'> = binary('i32', 'i32', 0x73);
export const shl: Binary<'i32'> = binary('i32', 'i32', 0x74);
/** Shift that fills with zeros. */
export const shr: Binary<'i32'> = binary('i32', 'i32', 0x76);
export const rotl: Binary<'i32'> = binary('i32', 'i32', 0x77);
export const eq: Binary<'i32'> = binary('i32', 'i32', 0x46);
/** Comparisons are of numbers with a sign. */
export const lt: Binary<'i32'> = binary('i32', 'i32', 0x48);
export const gt: Binary<'i32'> = binary('i32', 'i32', 0x4a);
export const le: Binary<'i32'> = binary('i32', 'i32', 0x4c);
export const ge: Binary<'i32'> = binary('i32', 'i32', 0x4e);
export const or64: Binary<'i64'> = binary('i64', 'i64', 0x84);
export const xor64: Binary<'i64'> = binary('i64', 'i64', 0x85);
export const shl64: Binary<'i64'> = binary('i64', 'i64', 0x86);
export const shr64: Binary<'i64'> = binary('i64', 'i64', 0x88);
export const ne64: Binary<'i64', 'i32'> = binary('i64', 'i32', 0x52);

const unary = <T extends ValueType, R extends ValueType>(operand: Value<T>, result: R, opcode: number): Value<R> =>
  value(result, (labels) => [...operand.emit(labels), opcode]);

/** Zeros above the highest one. */
export const clz = (operand: I32): I32 => unary(operand, 'i32', 0x67);
/** Zeros below the lowest one. */
export const ctz64 = (operand: I64): I64 => unary(operand, 'i64', 0x7a);
export const low = (operand: I64): I32 => unary(operand, 'i32', 0xa7);
export const widen = (operand: I32): I64 => unary(operand, 'i64', 0xad);

/** `yes` if the condition is not zero, else `no`; both are computed. */
export const select = (condition: I32, yes: Operand<'i32'>, no: Operand<'i32'>): I32 =>
  value('i32', (labels) => [
    ...lift('i32', yes).emit(labels),
    ...lift('i32', no).emit(labels),
    ...condition.emit(labels),
    0x1b,
  ]);

/** The lesser of two numbers that are cheap to compute twice. */
export const least = (a: Operand<'i32'>, b: Operand<'i32'>): I32 => select(lt(a, b), a, b);

const load =
  <T extends ValueType>(type: T, opcode: number) =>
  (address: Operand<'i32'>, offset: number): Value<T> =>
    value(type, (labels) => [...lift('i32', address).emit(labels), opcode, 0, ...unsigned(offset)]);
const store =
  <T extends ValueType>(type: T, opcode: number) =>
  (address: Operand<'i32'>, offset: number, operand: Operand<T>): Statement =>
    none((labels) => [
      ...lift('i32', address).emit(labels),
      ...lift(type, operand).emit(labels),
      opcode,
      0,
      ...unsigned(offset),
    ]);

type Load<T extends ValueType> = (address: Operand<'i32'>, offset: number) => Value<T>;
type Store<T extends ValueType> = (address: Operand<'i32'>, offset: number, operand: Operand<T>) => Statement;

/** Memory is little-endian everywhere, and no address needs to be aligned. */
export const load8: Load<'i32'> = load('i32', 0x2d);
export const load16: Load<'i32'> = load('i32', 0x2f);
export const load32: Load<'i32'> = load('i32', 0x28);
export const load64: Load<'i64'> = load('i64', 0x29);
export const store16: Store<'i32'> = store('i32', 0x3b);
export const store32: Store<'i32'> = store('i32', 0x36);
export const store64: Store<'i64'> = store('i64', 0x37);

const emitAll = (body: readonly Statement[], labels: readonly string[]): readonly number[] =>
  body.flatMap((statement) => [...statement.emit(labels)]);

const labelled =
  (opcode: number) =>
  (label: string, ...body: readonly Statement[]): Statement =>
    none((labels) => [opcode, 0x40, ...emitAll(body, [label, ...labels]), 0x0b]);

type Labelled = (label: string, ...body: readonly Statement[]) => Statement;
/** Code whose end `goTo(label)` goes to. */
export const block: Labelled = labelled(0x02);
/** Code whose beginning `goTo(label)` goes to; it is not repeated by itself. */
export const loop: Labelled = labelled(0x03);

const depthOf = (label: string, labels: readonly string[]): readonly number[] => {
  const depth = labels.indexOf(label);
  invariant(depth >= 0, `no label ${label}`);
  return unsigned(depth);
};

/** Goes to the end of a block, or to the beginning of a loop. */
export const goTo = (label: string): Statement => none((labels) => [0x0c, ...depthOf(label, labels)]);
export const goToIf = (label: string, condition: I32): Statement =>
  none((labels) => [...condition.emit(labels), 0x0d, ...depthOf(label, labels)]);

export const when = (condition: I32, yes: readonly Statement[], no: readonly Statement[] = []): Statement =>
  none((labels) => [
    ...condition.emit(labels),
    0x04,
    0x40,
    ...emitAll(yes, ['', ...labels]),
    ...(no.length === 0 ? [] : [0x05, ...emitAll(no, ['', ...labels])]),
    0x0b,
  ]);

/** The bytes of a function's body. */
export const bodyBytes = (body: readonly Statement[]): readonly number[] => emitAll(body, []);
