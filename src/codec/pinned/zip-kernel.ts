import { KernelSource } from './kernel.js';
import { kernelMap } from './kernel-map.js';
import { type LazyDialect, type LazyKernel, addScan } from './kernel-scan.js';
import { type I32, and, least, load32, load8, mul, shl, shr, store32, sub, xor } from './wasm-code.js';
import type { ZipDialect } from './zip-level.js';
import { REACH, SHORTEST, hashShift } from './zip-search.js';

const WITNESS_BITS = 16;
const WITNESS_FACTOR = 0x9e3779b1;

const witnessOf = (word: I32): I32 =>
  and(shr(mul(word, WITNESS_FACTOR), 32 - WITNESS_BITS - 2), ((1 << WITNESS_BITS) - 1) << 2);

const makeKernel = ({ blockTokens, hashBits }: ZipDialect): KernelSource<LazyKernel> => {
  const map = kernelMap(hashBits, WITNESS_BITS, blockTokens);
  const shift = hashShift(hashBits);
  const mask = map.headCount - 1;
  const byte = (position: I32, offset: number): I32 => load8(position, map.input + offset);
  const dialect: LazyDialect = {
    shortest: SHORTEST,
    // The first byte of the window cannot be told from "nowhere".
    first: (room) => least(sub(room, 1), REACH),
    others: (room) => least(sub(room, 1), REACH - 1),
    hashAt: (hash, position) =>
      hash.set(
        and(xor(xor(shl(byte(position, 0), 2 * shift), shl(byte(position, 1), shift)), byte(position, 2)), mask),
      ),
    hashNext: (hash, position) => hash.set(and(xor(shl(hash, shift), byte(position, 2)), mask)),
    slot: (hash) => shl(hash, 2),
    witness: (position) => [store32(witnessOf(load32(position, map.input)), map.witnesses, position)],
    lastSeen: (word) => load32(witnessOf(word), map.witnesses),
  };
  return new KernelSource(map, (module, _map, count) => {
    addScan(module, map, count, dialect);
  });
};

const made = new Map<string, KernelSource<LazyKernel>>();

/** The kernel of levels 4 to 9 of a member of zlib's family; the same for dialects that need the same. */
export const zipKernel = (dialect: ZipDialect): KernelSource<LazyKernel> => {
  const key = `${dialect.hashBits} ${dialect.blockTokens}`;
  const source = made.get(key) ?? makeKernel(dialect);
  made.set(key, source);
  return source;
};
