import { MAX_DISTANCE } from './deflate-symbol.js';
import { HASH_BITS, HASH_FACTOR, NONE } from './go-search.js';
import { type KernelMap, kernelMap } from './kernel-map.js';
import { type LazyDialect, type LazyKernel, addScan } from './kernel-scan.js';
import { type I32, and, least, load32, load8, mul, or, rotl, shl, shr } from './wasm-code.js';
import { BLOCK_TOKENS } from './go-blocks.js';
import { KernelSource } from './kernel.js';

const MAP: KernelMap = kernelMap(HASH_BITS, 0, BLOCK_TOKENS);

/** The four bytes of a word in reverse. */
const reversed = (word: I32): I32 => or(and(rotl(word, 8), 0x00ff00ff), and(rotl(word, 24), 0xff00ff00));

/** The address of the bucket of four bytes, given as a big-endian word. */
const slotOf = (word: I32): I32 => and(shr(mul(word, HASH_FACTOR), 32 - HASH_BITS - 2), (MAP.headCount - 1) << 2);

/** The search of Go's levels 4 to 9. The hash is of the four bytes as a big-endian word. */
const GO_DIALECT: LazyDialect = {
  shortest: NONE + 1,
  first: (room) => least(room, MAX_DISTANCE),
  others: (room) => least(room, MAX_DISTANCE),
  hashAt: (hash, position) => hash.set(reversed(load32(position, MAP.input))),
  hashNext: (hash, position) => hash.set(or(shl(hash, 8), load8(position, MAP.input + 3))),
  slot: slotOf,
  witness: () => [],
  lastSeen: (word) => load32(slotOf(reversed(word)), MAP.heads),
};

/** The kernel of Go's levels 4 to 9. */
export const GO_KERNEL: KernelSource<LazyKernel> = new KernelSource(MAP, (module, map, count) => {
  addScan(module, map, count, GO_DIALECT);
});
