import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import {
  SPEED_BLOCK,
  SPEED_HASH_BITS,
  SPEED_HASH_FACTOR,
  SPEED_MARGIN,
  SPEED_PACE,
  SPEED_SHORTEST,
  type SpeedSearch,
} from './go-speed-search.js';
import { type AddSearch, type Kernel, KernelSource } from './kernel.js';
import { kernelMap } from './kernel-map.js';
import { KernelTokens } from './kernel-tokens.js';
import { LENGTH_SHIFT } from './token-code.js';
import {
  type I32,
  type Statement,
  add,
  and,
  block,
  ctz64,
  eq,
  ge,
  goTo,
  goToIf,
  gt,
  least,
  load32,
  load64,
  load8,
  loop,
  low,
  lt,
  mul,
  ne64,
  or,
  shl,
  shr,
  store32,
  sub,
  when,
  xor64,
} from './wasm-code.js';

interface SpeedKernel extends Kernel {
  /** Adds the tokens of a part of the input. */
  search(start: number, end: number): void;
  /** Adds each byte of a part as a token. */
  literals(start: number, end: number): void;
}

/** Adds the search of `PlainSpeedSearch`, which explains it. */
const addSpeed: AddSearch = (module, map, count) => {
  const slotOf = (word: I32): I32 =>
    and(shr(mul(word, SPEED_HASH_FACTOR), 32 - SPEED_HASH_BITS - 2), (map.headCount - 1) << 2);
  const wordAt = (position: I32): I32 => load32(position, map.input);

  module.function('literals', ['start', 'end'], ({ start, end }, locals) => {
    const at = locals.i32();
    return {
      body: [
        at.set(shl(count, 2)),
        block(
          'done',
          goToIf('done', ge(start, end)),
          count.set(add(count, sub(end, start))),
          loop(
            'bytes',
            store32(at, map.tokens, load8(start, map.input)),
            at.set(add(at, 4)),
            start.set(add(start, 1)),
            goToIf('bytes', lt(start, end)),
          ),
        ),
      ],
    };
  });

  module.function('search', ['start', 'end'], ({ start, end }, locals) => {
    const position = locals.i32();
    const literals = locals.i32();
    const last = locals.i32();
    const word = locals.i32();
    const slot = locals.i32();
    const candidate = locals.i32();
    const next = locals.i32();
    const pace = locals.i32();
    const longest = locals.i32();
    const length = locals.i32();
    const at = locals.i32();
    const bits = locals.i64();

    const put = (token: I32): readonly Statement[] => [store32(at, map.tokens, token), at.set(add(at, 4))];
    const putLiterals = (until: I32): Statement =>
      block(
        'put',
        goToIf('put', ge(literals, until)),
        loop(
          'bytes',
          ...put(load8(literals, map.input)),
          literals.set(add(literals, 1)),
          goToIf('bytes', lt(literals, until)),
        ),
      );
    const meet: readonly Statement[] = [
      slot.set(slotOf(word)),
      candidate.set(load32(slot, map.heads)),
      store32(slot, map.heads, position),
    ];
    const probe = loop(
      'probe',
      position.set(next),
      next.set(add(next, shr(pace, 5))),
      pace.set(add(pace, shr(pace, 5))),
      goToIf('done', gt(next, last)),
      ...meet,
      block(
        'other',
        goToIf('other', gt(sub(position, candidate), MAX_DISTANCE)),
        goToIf('found', eq(wordAt(candidate), word)),
      ),
      word.set(wordAt(next)),
      goTo('probe'),
    );
    const measure = block(
      'measured',
      longest.set(least(sub(end, position), MAX_LENGTH)),
      length.set(SPEED_SHORTEST),
      loop(
        'measure',
        bits.set(xor64(load64(add(candidate, length), map.input), load64(add(position, length), map.input))),
        when(ne64(bits, 0), [length.set(add(length, shr(low(ctz64(bits)), 3))), goTo('measured')]),
        length.set(add(length, 8)),
        goToIf('measure', lt(length, longest)),
      ),
    );
    const copy = loop(
      'copy',
      measure,
      length.set(least(length, longest)),
      ...put(or(shl(length, LENGTH_SHIFT), sub(sub(position, candidate), 1))),
      position.set(add(position, length)),
      literals.set(position),
      goToIf('done', ge(position, last)),
      word.set(wordAt(sub(position, 1))),
      store32(slotOf(word), map.heads, sub(position, 1)),
      word.set(wordAt(position)),
      ...meet,
      block(
        'other',
        goToIf('other', gt(sub(position, candidate), MAX_DISTANCE)),
        goToIf('copy', eq(wordAt(candidate), word)),
      ),
    );
    return {
      body: [
        at.set(shl(count, 2)),
        position.set(start),
        literals.set(start),
        last.set(sub(end, SPEED_MARGIN)),
        word.set(wordAt(position)),
        block(
          'done',
          loop(
            'more',
            next.set(position),
            pace.set(SPEED_PACE),
            block('found', probe),
            putLiterals(position),
            copy,
            position.set(add(position, 1)),
            word.set(wordAt(position)),
            goTo('more'),
          ),
        ),
        putLiterals(end),
        count.set(shr(at, 2)),
      ],
    };
  });
};

const SOURCE: KernelSource<SpeedKernel> = new KernelSource(kernelMap(SPEED_HASH_BITS, 0, SPEED_BLOCK), addSpeed);

/** The search by a kernel. `undefined` where there is no WebAssembly. */
export const kernelSpeedSearch = (): SpeedSearch | undefined => {
  const kernel = SOURCE.start();
  if (kernel === undefined) return undefined;
  const { input } = SOURCE.map;
  return {
    bytes: new Uint8Array(kernel.memory.buffer, input, 2 * SPEED_BLOCK),
    tokens: new KernelTokens(kernel, SOURCE.map),
    search: (start, end) => {
      kernel.search(start, end);
    },
    literals: (start, end) => {
      kernel.literals(start, end);
    },
    move: (by) => {
      kernel.move(by);
    },
  };
};
