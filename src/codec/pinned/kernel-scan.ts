import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import { FARTHEST } from './hash-chains.js';
import type { Kernel } from './kernel.js';
import type { KernelMap } from './kernel-map.js';
import { FAR, LENGTH_SHIFT, REPEAT_REACH } from './token-code.js';
import {
  type I32,
  type Operand,
  type Statement,
  type Variable,
  add,
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
  loop,
  load8,
  low,
  lt,
  ne64,
  or,
  select,
  shl,
  shr,
  store16,
  store32,
  sub,
  and,
  when,
  xor64,
} from './wasm-code.js';
import type { WasmModule } from './wasm-module.js';
import type { WasmGlobal } from './wasm-runtime.js';

/** A kernel with the lazy search. */
export interface LazyKernel extends Kernel {
  readonly stand: WasmGlobal;
  readonly tokenEnd: WasmGlobal;
  readonly position: WasmGlobal;
  readonly length: WasmGlobal;
  readonly distance: WasmGlobal;
  readonly pending: WasmGlobal;
  /** @see {@link addScan} */
  scan(
    position: number,
    base: number,
    last: number,
    end: number,
    searched: number,
    past: number,
    stop: number,
    candidates: number,
    nice: number,
    lazy: number,
    good: number,
  ): number;
}

/** What the lazy searches of the families do not have in common. */
export interface LazyDialect {
  /** Bytes of the shortest match. */
  readonly shortest: number;
  /** Bytes back that the first candidate can lie; `room` is the distance of the window's start. */
  first(room: I32): I32;
  /** Bytes back that the others can lie. */
  others(room: I32): I32;
  /** Makes `hash` that of the bytes at a position, from nothing. */
  hashAt(hash: Variable<'i32'>, position: I32): Statement;
  /** Makes `hash` that of the bytes at a position, from that of the position before. */
  hashNext(hash: Variable<'i32'>, position: I32): Statement;
  /** The address of the bucket's head. */
  slot(hash: I32): I32;
  /** Notes that the four bytes at a position occurred there, unless the heads say so. */
  witness(position: I32): readonly Statement[];
  /** The last position where four bytes occurred, given as a little-endian word. */
  lastSeen(word: I32): I32;
}

/** The address of the step of a position. */
const stepOf = (position: I32): I32 => shl(and(position, MAX_DISTANCE - 1), 1);

const increase = (counter: Variable<'i32'>, by: Operand<'i32'>): Statement => counter.set(add(counter, by));

/** The parameters of `scan`, in order. */
const PARAMETERS = [
  'position',
  'base',
  'last',
  'end',
  'searched',
  'past',
  'stop',
  'candidates',
  'nice',
  'lazy',
  'good',
] as const;

/**
 * Adds the lazy search: what `GoLazyScan` and `ZipLazyScan` do, which explain it, and faster.
 *
 * `scan` works on the positions from `position` up to `last`, looks at no byte from `end` on and searches none after
 * `searched` for a match. With `past` not 0 a match may be as long as the format allows wherever the input ends.
 * From a match of `good` bytes on a quarter of the candidates is looked at. It gives 1 if it stopped because there
 * were `stop` tokens: then the encoder stood at `stand`, and the last token's bytes end at `tokenEnd`. Where to go on
 * is in the global `position`.
 */
export const addScan = (module: WasmModule, map: KernelMap, count: Variable<'i32'>, dialect: LazyDialect): void => {
  const none = dialect.shortest - 1;
  const keptStand = module.global('stand');
  const keptTokenEnd = module.global('tokenEnd');
  const keptPosition = module.global('position');
  const keptLength = module.global('length');
  const keptDistance = module.global('distance');
  const keptPending = module.global('pending');

  module.function('scan', PARAMETERS, (given, locals) => {
    const { position, base, last, end, searched, past, stop, candidates, nice, lazy, good } = given;
    const length = locals.i32();
    const distance = locals.i32();
    const pending = locals.i32();
    const tokens = locals.i32();
    const hash = locals.i32();
    const ahead = locals.i32();
    const before = locals.i32();
    const beforeDistance = locals.i32();
    const slot = locals.i32();
    const far = locals.i32();
    const room = locals.i32();
    const reach = locals.i32();
    const floor = locals.i32();
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
    const offset = locals.i32();
    const spare = locals.i32();
    const stand = locals.i32();
    const tokenEnd = locals.i32();
    const stopped = locals.i32();
    const bits = locals.i64();

    /** Puts a position at the head of its bucket; `far` becomes the distance of the one before. */
    const insert = (at: I32): readonly Statement[] => [
      slot.set(dialect.slot(hash)),
      far.set(sub(at, load32(slot, map.heads))),
      store32(slot, map.heads, at),
      store16(stepOf(at), map.steps, select(gt(far, FARTHEST), FARTHEST, far)),
      ...dialect.witness(at),
    ];
    /** Takes the last four bytes of a longer match, and leaves the search if they occurred nowhere in reach. */
    const takeTail: readonly Statement[] = [
      offset.set(sub(best, 3)),
      tail.set(load32(add(position, offset), map.input)),
      goToIf('search', gt(sub(add(position, offset), dialect.lastSeen(tail)), doubt)),
    ];
    const difference = sub(load32(add(candidate, offset), map.input), tail);
    const measure = block(
      'measured',
      same.set(0),
      loop(
        'measure',
        bits.set(xor64(load64(add(candidate, same), map.input), load64(add(position, same), map.input))),
        when(ne64(bits, 0), [increase(same, shr(low(ctz64(bits)), 3)), goTo('measured')]),
        increase(same, 8),
        goToIf('measure', lt(same, longest)),
      ),
    );
    const look = block(
      'looked',
      // Where three bytes are enough, the fourth does not count until there are three.
      goToIf('looked', dialect.shortest === 4 ? difference : shl(difference, spare)),
      measure,
      same.set(least(same, longest)),
      goToIf('looked', le(same, best)),
      best.set(same),
      distance.set(sub(position, candidate)),
      spare.set(0),
      goToIf('search', ge(same, enough)),
      ...takeTail,
    );
    const search = block(
      'search',
      goToIf('search', ge(before, lazy)),
      goToIf('search', gt(position, searched)),
      goToIf('search', le(ahead, before)),
      room.set(sub(position, base)),
      reach.set(dialect.first(room)),
      goToIf('search', gt(far, reach)),
      doubt.set(select(lt(reach, REPEAT_REACH), REPEAT_REACH, reach)),
      reach.set(dialect.others(room)),
      longest.set(select(past, MAX_LENGTH, least(ahead, MAX_LENGTH))),
      enough.set(least(nice, longest)),
      tail.set(load32(position, map.input)),
      offset.set(0),
      spare.set(8),
      when(gt(best, none), [spare.set(0), ...takeTail]),
      left.set(select(ge(before, good), shr(candidates, 2), candidates)),
      floor.set(sub(position, reach)),
      candidate.set(sub(position, far)),
      loop(
        'candidates',
        look,
        left.set(sub(left, 1)),
        goToIf('search', eq(left, 0)),
        candidate.set(sub(candidate, load16(stepOf(candidate), map.steps))),
        goToIf('candidates', ge(candidate, floor)),
      ),
    );
    /** Whether what was found is longer than what was held back, and worth its distance. */
    const found = and(gt(best, before), or(gt(best, dialect.shortest), le(distance, FAR)));
    const put = (token: I32): readonly Statement[] => [
      store32(shl(tokens, 2), map.tokens, token),
      increase(tokens, 1),
      stand.set(position),
    ];
    const takeMatch: readonly Statement[] = [
      ...put(or(shl(before, LENGTH_SHIFT), sub(beforeDistance, 1))),
      next.set(sub(add(position, before), 1)),
      inner.set(add(position, 1)),
      candidate.set(least(next, sub(end, none))),
      block(
        'inserted',
        goToIf('inserted', ge(inner, candidate)),
        loop(
          'insert',
          dialect.hashNext(hash, inner),
          ...insert(inner),
          increase(inner, 1),
          goToIf('insert', lt(inner, candidate)),
        ),
      ),
      position.set(next),
      dialect.hashAt(hash, position),
      pending.set(0),
      length.set(none),
      tokenEnd.set(position),
    ];
    const takeNothing: readonly Statement[] = [
      when(pending, [...put(load8(sub(position, 1), map.input)), tokenEnd.set(position)]),
      increase(position, 1),
      dialect.hashNext(hash, position),
      pending.set(1),
    ];

    return {
      body: [
        length.set(keptLength),
        distance.set(keptDistance),
        pending.set(keptPending),
        tokens.set(count),
        dialect.hashAt(hash, position),
        block(
          'done',
          loop(
            'positions',
            goToIf('done', gt(position, last)),
            ahead.set(sub(end, position)),
            before.set(length),
            beforeDistance.set(distance),
            best.set(before),
            when(gt(ahead, none), [...insert(position), search, best.set(least(best, ahead))]),
            length.set(select(found, best, none)),
            when(gt(before, none), [when(le(length, before), takeMatch, takeNothing)], takeNothing),
            goToIf('positions', lt(tokens, stop)),
            stopped.set(1),
          ),
        ),
        keptPosition.set(position),
        keptLength.set(length),
        keptDistance.set(distance),
        keptPending.set(pending),
        keptStand.set(stand),
        keptTokenEnd.set(tokenEnd),
        count.set(tokens),
      ],
      result: stopped,
    };
  });
};
