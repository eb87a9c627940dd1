import { describe, expect, it } from 'vitest';
import {
  add,
  and,
  block,
  clz,
  ctz64,
  ge,
  goToIf,
  least,
  load8,
  load16,
  load32,
  load64,
  loop,
  low,
  lt,
  mul,
  or64,
  rotl,
  select,
  shl64,
  shr,
  shr64,
  signed,
  store16,
  store32,
  store64,
  sub,
  unsigned,
  when,
  widen,
} from '../../../../src/codec/pinned/wasm-code.js';
import { WasmModule } from '../../../../src/codec/pinned/wasm-module.js';
import { type WasmGlobal, compileWasm } from '../../../../src/codec/pinned/wasm-runtime.js';

type Call = (...parameters: number[]) => number;

const started = (module: WasmModule): Readonly<Record<string, unknown>> => compileWasm(module.bytes())!.instantiate()!;

describe('numbers in LEB128', () => {
  it.for<[value: number, bytes: readonly number[]]>([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [0x7fffffff, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-0x80000000, [0x80, 0x80, 0x80, 0x80, 0x78]],
    [0x9e3779b1, [0xb1, 0xf3, 0xdd, 0xf1, 0x79]],
  ])('%i with a sign', ([value, bytes]) => {
    expect(signed(value)).toStrictEqual(bytes);
  });

  it.for<[value: number, bytes: readonly number[]]>([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [624_485, [0xe5, 0x8e, 0x26]],
  ])('%i without', ([value, bytes]) => {
    expect(unsigned(value)).toStrictEqual(bytes);
  });
});

describe('WasmModule', () => {
  it('computes', () => {
    const module = new WasmModule(1);
    module.function('hash', ['word'], ({ word }) => ({ body: [], result: shr(mul(word, 0x1e35a7bd), 15) }));
    module.function('turn', ['word'], ({ word }) => ({ body: [], result: rotl(word, 8) }));
    module.function('clamp', ['a', 'b'], ({ a, b }) => ({ body: [], result: select(ge(a, 10), 10, least(a, b)) }));
    module.function('top', ['word'], ({ word }) => ({ body: [], result: sub(31, clz(word)) }));
    module.function('join', ['a', 'b'], ({ a, b }) => ({
      body: [],
      result: low(shr64(or64(widen(a), shl64(widen(b), 32)), 16)),
    }));
    const exports = started(module) as Readonly<Record<string, Call>>;
    expect(exports['hash']!(0x61626364)).toBe(Math.imul(0x61626364, 0x1e35a7bd) >>> 15);
    expect(exports['turn']!(0x01020304)).toBe(0x02030401);
    expect([exports['clamp']!(11, 3), exports['clamp']!(9, 3), exports['clamp']!(-1, 3)]).toStrictEqual([10, 3, -1]);
    expect(exports['top']!(4096)).toBe(12);
    expect(exports['join']!(0x11112222, 0x33334444)).toBe(0x44441111);
  });

  it('loops, branches and keeps globals', () => {
    const module = new WasmModule(1);
    const calls = module.global('calls');
    const unused = module.global('unused');
    module.function('sumOfOdd', ['end'], ({ end }, locals) => {
      const at = locals.i32();
      const sum = locals.i32();
      return {
        body: [
          calls.set(add(calls, 1)),
          block(
            'done',
            loop(
              'next',
              goToIf('done', ge(at, end)),
              when(and(at, 1), [sum.set(add(sum, at))], [unused.set(at)]),
              at.set(add(at, 1)),
              goToIf('next', lt(sum, 1_000_000)),
            ),
          ),
        ],
        result: sum,
      };
    });
    const exports = started(module);
    const sumOfOdd = exports['sumOfOdd'] as Call;
    expect([sumOfOdd(0), sumOfOdd(4), sumOfOdd(100)]).toStrictEqual([0, 4, 2500]);
    expect((exports['calls'] as WasmGlobal).value).toBe(3);
    expect((exports['unused'] as WasmGlobal).value).toBe(98);
  });

  it('reads and writes memory, little-endian and anywhere', () => {
    const module = new WasmModule(65_537);
    module.function('put', ['at'], ({ at }) => ({
      body: [store32(at, 1, 0x04030201), store16(at, 5, 0x0605), store64(at, 7, widen(load32(at, 1)))],
    }));
    module.function('get', ['at'], ({ at }) => ({
      body: [],
      result: add(add(load8(at, 1), load16(at, 5)), low(ctz64(load64(at, 11)))),
    }));
    const exports = started(module);
    const memory = new Uint8Array((exports['memory'] as { buffer: ArrayBuffer }).buffer);
    expect(memory).toHaveLength(131_072);
    (exports['put'] as Call)(100_000);
    expect([...memory.subarray(100_001, 100_015)]).toStrictEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 0, 0, 0, 0]);
    memory[100_012] = 8;
    expect((exports['get'] as Call)(100_000)).toBe(1 + 0x0605 + 11);
  });

  it('refuses a label that is not there', () => {
    const module = new WasmModule(1);
    module.function('lost', ['a'], ({ a }) => ({ body: [goToIf('nowhere', a)] }));
    expect(() => module.bytes()).toThrow('no label nowhere');
  });
});
