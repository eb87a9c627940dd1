import { BLOCK_TOKENS } from './go-token-block.js';
import { HEADS, HEAD_COUNT, STEPS, TOKENS, WINDOW } from './go-kernel-map.js';
import { FAR, HASH_BITS, HASH_FACTOR, NONE, REPEAT_REACH } from './go-search.js';
import { FARTHEST, NOWHERE } from './search-window.js';
import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import { LENGTH_SHIFT } from './token-code.js';
import type { WasmModule } from './wasm-module.js';
import {
  type I32,
  type Operand,
  type Statement,
  type Variable,
  add,
  and,
  block,
  ctz64,
  eq,
  ge,
  goTo,
  goToIf,
  gt,
  le,
  least,
  load16,
  load32,
  load64,
  load8,
  loop,
  low,
  lt,
  mul,
  ne64,
  or,
  rotl,
  select,
  shl,
  shr,
  store16,
  store32,
  sub,
  when,
  xor64,
} from './wasm-code.js';

/** The four bytes of a word in reverse. */
const reversed = (word: I32): I32 => or(and(rotl(word, 8), 0x00ff00ff), and(rotl(word, 24), 0xff00ff00));

/** The address of the bucket of four bytes, given as a big-endian word. */
const slotOf = (word: I32): I32 => and(shr(mul(word, HASH_FACTOR), 32 - HASH_BITS - 2), (HEAD_COUNT - 1) << 2);

/** The address of the step of a position. */
const stepOf = (position: I32): I32 => shl(and(position, MAX_DISTANCE - 1), 1);

/** Puts a position at the head of its bucket; `far` becomes the distance of the one before. */
const insert = (position: I32, word: I32, slot: Variable<'i32'>, far: Variable<'i32'>): readonly Statement[] => [
  slot.set(slotOf(word)),
  far.set(sub(position, load32(slot, HEADS))),
  store32(slot, HEADS, position),
  store16(stepOf(position), STEPS, select(gt(far, FARTHEST), FARTHEST, far)),
];

const increase = (counter: Variable<'i32'>, by: Operand<'i32'>): Statement => counter.set(add(counter, by));

/**
 * Adds the lazy search of levels 4 to 9: the same as `GoLazyScan`, which explains it, and faster.
 *
 * `scan(last, end, candidates, nice, lazy)` works on the positions up to `last` and looks at no byte from `end` on.
 * It gives 1 if it stopped because the block is full: the block's tokens end at `blockEnd`, and the caller sets
 * `count` to 0 and calls again.
 */
export const addScan = (module: WasmModule): void => {
  const base = module.global('base');
  const count = module.global('count');
  const blockEnd = module.global('blockEnd');
  const keptPosition = module.global('position');
  const keptLength = module.global('length');
  const keptDistance = module.global('distance');
  const keptPending = module.global('pending');

  module.function('scan', ['last', 'end', 'candidates', 'nice', 'lazy'], (given, locals) => {
    const { last, end, candidates, nice, lazy } = given;
    const position = locals.i32();
    const length = locals.i32();
    const distance = locals.i32();
    const pending = locals.i32();
    const tokens = locals.i32();
    const word = locals.i32();
    const ahead = locals.i32();
    const before = locals.i32();
    const beforeDistance = locals.i32();
    const slot = locals.i32();
    const far = locals.i32();
    const reach = locals.i32();
    const doubt = locals.i32();
    const longest = locals.i32();
    const enough = locals.i32();
    const best = locals.i32();
    const tail = locals.i32();
    const left = locals.i32();
    const candidate = locals.i32();
    const same = locals.i32();
    const inner = locals.i32();
    const next = locals.i32();
    const full = locals.i32();
    const difference = locals.i64();

    const tailAt = sub(add(position, best), NONE);
    /** Takes the last four bytes of a longer match, and leaves the search if they occurred nowhere in reach. */
    const takeTail: readonly Statement[] = [
      tail.set(load32(tailAt, WINDOW)),
      goToIf('search', gt(sub(tailAt, load32(slotOf(reversed(tail)), HEADS)), doubt)),
    ];
    const measure = block(
      'measured',
      same.set(0),
      loop(
        'measure',
        difference.set(xor64(load64(add(candidate, same), WINDOW), load64(add(position, same), WINDOW))),
        when(ne64(difference, 0), [increase(same, shr(low(ctz64(difference)), 3)), goTo('measured')]),
        increase(same, 8),
        goToIf('measure', lt(same, longest)),
      ),
    );
    const look = block(
      'looked',
      goToIf('looked', sub(load32(sub(add(candidate, best), NONE), WINDOW), tail)),
      measure,
      same.set(least(same, longest)),
      goToIf('looked', le(same, best)),
      when(le(same, NONE + 1), [goToIf('looked', gt(far, FAR))]),
      best.set(same),
      distance.set(far),
      goToIf('search', ge(same, enough)),
      ...takeTail,
    );
    const search = block(
      'search',
      goToIf('search', gt(far, reach)),
      goToIf('search', ge(before, lazy)),
      goToIf('search', le(ahead, before)),
      longest.set(least(ahead, MAX_LENGTH)),
      enough.set(least(nice, longest)),
      doubt.set(select(lt(reach, REPEAT_REACH), REPEAT_REACH, reach)),
      tail.set(load32(position, WINDOW)),
      when(gt(best, NONE), takeTail),
      left.set(candidates),
      loop(
        'candidates',
        candidate.set(sub(position, far)),
        look,
        left.set(sub(left, 1)),
        goToIf('search', eq(left, 0)),
        increase(far, load16(stepOf(candidate), STEPS)),
        goToIf('candidates', le(far, reach)),
      ),
    );
    const put = (token: I32): readonly Statement[] => [store32(shl(tokens, 2), TOKENS, token), increase(tokens, 1)];
    const takeMatch: readonly Statement[] = [
      ...put(or(shl(before, LENGTH_SHIFT), sub(beforeDistance, 1))),
      next.set(sub(add(position, before), 1)),
      inner.set(add(position, 1)),
      candidate.set(least(next, sub(end, NONE))),
      block(
        'inserted',
        goToIf('inserted', ge(inner, candidate)),
        loop(
          'insert',
          word.set(or(shl(word, 8), load8(inner, WINDOW + NONE))),
          ...insert(inner, word, slot, far),
          increase(inner, 1),
          goToIf('insert', lt(inner, candidate)),
        ),
      ),
      position.set(next),
      word.set(reversed(load32(position, WINDOW))),
      pending.set(0),
      length.set(NONE),
      blockEnd.set(position),
    ];
    const takeNothing: readonly Statement[] = [
      when(pending, put(load8(sub(position, 1), WINDOW))),
      blockEnd.set(position),
      increase(position, 1),
      word.set(or(shl(word, 8), load8(position, WINDOW + NONE))),
      pending.set(1),
    ];

    return {
      body: [
        position.set(keptPosition),
        length.set(keptLength),
        distance.set(keptDistance),
        pending.set(keptPending),
        tokens.set(count),
        word.set(reversed(load32(position, WINDOW))),
        block(
          'done',
          loop(
            'positions',
            goToIf('done', gt(position, last)),
            ahead.set(sub(end, position)),
            before.set(length),
            beforeDistance.set(distance),
            best.set(before),
            when(gt(ahead, NONE), [
              ...insert(position, word, slot, far),
              reach.set(least(sub(position, base), MAX_DISTANCE)),
              search,
            ]),
            length.set(select(gt(best, before), best, NONE)),
            when(gt(before, NONE), [when(le(length, before), takeMatch, takeNothing)], takeNothing),
            goToIf('positions', lt(tokens, BLOCK_TOKENS)),
            full.set(1),
          ),
        ),
        keptPosition.set(position),
        keptLength.set(length),
        keptDistance.set(distance),
        keptPending.set(pending),
        count.set(tokens),
      ],
      result: full,
    };
  });

  module.function('move', ['by'], ({ by }, locals) => {
    const slot = locals.i32();
    const head = locals.i32();
    return {
      body: [
        loop(
          'heads',
          head.set(sub(load32(slot, HEADS), by)),
          store32(slot, HEADS, select(lt(head, NOWHERE), NOWHERE, head)),
          increase(slot, 4),
          goToIf('heads', lt(slot, HEAD_COUNT << 2)),
        ),
        keptPosition.set(sub(keptPosition, by)),
        base.set(sub(base, by)),
      ],
    };
  });
};
