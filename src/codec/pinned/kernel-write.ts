import type { KernelMap } from './kernel-map.js';
import { LENGTH_SHIFT } from './token-code.js';
import {
  type I32,
  type Operand,
  type Statement,
  type Variable,
  add,
  and,
  block,
  clz,
  eq,
  goToIf,
  load32,
  loop,
  low,
  lt,
  or64,
  shl,
  shl64,
  shr,
  shr64,
  store32,
  store64,
  sub,
  when,
  widen,
} from './wasm-code.js';
import type { WasmModule } from './wasm-module.js';

const SYMBOL_BITS = 9;
const EXTRA_BITS = 3;
const SYMBOL_MASK: number = (1 << SYMBOL_BITS) - 1;
const EXTRA_MASK: number = (1 << EXTRA_BITS) - 1;
const BASE_SHIFT: number = SYMBOL_BITS + EXTRA_BITS;

/** What the table of lengths has for a length: its symbol, the number of extra bits, the symbol's least length. */
export const lengthNumber = (symbol: number, extra: number, base: number): number =>
  symbol | (extra << SYMBOL_BITS) | (base << BASE_SHIFT);

/** Sets symbol and number of extra bits of a distance less one. */
const splitDistance = (reach: Variable<'i32'>, symbol: Variable<'i32'>, extra: Variable<'i32'>): Statement =>
  when(
    lt(reach, 4),
    [symbol.set(reach), extra.set(0)],
    [extra.set(sub(30, clz(reach))), symbol.set(add(shl(add(extra, 1), 1), and(shr(reach, extra), 1)))],
  );

/**
 * Adds what turns the tokens of a block into bits.
 *
 * `tally(count)` counts the symbols of the first tokens in `counts`, which the caller has cleared, and gives the
 * extra bits that they carry. `write(count)` writes them to `output` with `codes`, after the bits that `bitBuffer`
 * and `bitCount` hold, and gives the number of whole bytes; what is left over is in those again.
 */
export const addWrite = (module: WasmModule, map: KernelMap): void => {
  const bitBuffer = module.global('bitBuffer');
  const bitCount = module.global('bitCount');
  const increase = (address: I32, offset: number): Statement =>
    store32(address, offset, add(load32(address, offset), 1));
  const lengthOf = (token: I32): I32 => load32(shl(shr(token, LENGTH_SHIFT), 2), map.lengths);
  const eachToken = (
    index: Variable<'i32'>,
    token: Variable<'i32'>,
    count: I32,
    body: readonly Statement[],
  ): Statement =>
    block(
      'all',
      index.set(0),
      goToIf('all', eq(count, 0)),
      loop(
        'tokens',
        token.set(load32(shl(index, 2), map.tokens)),
        ...body,
        index.set(add(index, 1)),
        goToIf('tokens', lt(index, count)),
      ),
    );

  module.function('tally', ['count'], ({ count }, locals) => {
    const index = locals.i32();
    const token = locals.i32();
    const length = locals.i32();
    const reach = locals.i32();
    const symbol = locals.i32();
    const extra = locals.i32();
    const total = locals.i32();
    const match: readonly Statement[] = [
      length.set(lengthOf(token)),
      increase(shl(and(length, SYMBOL_MASK), 2), map.counts),
      reach.set(and(token, 0xffff)),
      splitDistance(reach, symbol, extra),
      increase(shl(symbol, 2), map.distanceCounts),
      total.set(add(total, add(extra, and(shr(length, SYMBOL_BITS), EXTRA_MASK)))),
    ];
    return {
      body: [eachToken(index, token, count, [when(lt(token, 256), [increase(shl(token, 2), map.counts)], match)])],
      result: total,
    };
  });

  module.function('write', ['count'], ({ count }, locals) => {
    const index = locals.i32();
    const token = locals.i32();
    const length = locals.i32();
    const reach = locals.i32();
    const symbol = locals.i32();
    const extra = locals.i32();
    const code = locals.i32();
    const at = locals.i32();
    const filled = locals.i32();
    const bits = locals.i64();
    const put = (value: I32, width: Operand<'i32'>): readonly Statement[] => [
      bits.set(or64(bits, shl64(widen(value), widen(filled)))),
      filled.set(add(filled, width)),
    ];
    const putCode = (address: I32, offset: number): readonly Statement[] => [
      code.set(load32(address, offset)),
      ...put(and(code, 0xffff), shr(code, 16)),
    ];
    const match: readonly Statement[] = [
      length.set(lengthOf(token)),
      ...putCode(shl(and(length, SYMBOL_MASK), 2), map.codes),
      ...put(sub(shr(token, LENGTH_SHIFT), shr(length, BASE_SHIFT)), and(shr(length, SYMBOL_BITS), EXTRA_MASK)),
      reach.set(and(token, 0xffff)),
      splitDistance(reach, symbol, extra),
      ...putCode(shl(symbol, 2), map.distanceCodes),
      // The extra bits of a distance are its low ones.
      ...put(and(reach, sub(shl(1, extra), 1)), extra),
    ];
    return {
      body: [
        bits.set(widen(bitBuffer)),
        filled.set(bitCount),
        eachToken(index, token, count, [
          when(lt(token, 256), putCode(shl(token, 2), map.codes), match),
          // At most 15 bits were left and 48 came, so all of them are in the word.
          store64(at, map.output, bits),
          at.set(add(at, shr(filled, 3))),
          bits.set(shr64(bits, widen(and(filled, 0x38)))),
          filled.set(and(filled, 7)),
        ]),
        bitBuffer.set(low(bits)),
        bitCount.set(filled),
      ],
      result: at,
    };
  });
};
