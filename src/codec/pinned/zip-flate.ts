import { invariant } from '../../base/error.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { HashChains } from './hash-chains.js';
import { KernelLazyScan } from './kernel-lazy.js';
import { KernelTokens } from './kernel-tokens.js';
import type { Scanner } from './scanner.js';
import { AHEAD, INPUT_SIZE, SlidingInput, WINDOW } from './sliding-input.js';
import { TokenArray } from './token-code.js';
import { ZipBlockWriter } from './zip-block.js';
import { ZipBlocks } from './zip-blocks.js';
import { ZipGreedyScan } from './zip-greedy.js';
import { zipKernel } from './zip-kernel.js';
import { ZipLazyScan } from './zip-lazy.js';
import { ZIP_GREEDY_LEVELS, ZIP_LAZY_LEVELS, type ZipDialect } from './zip-level.js';
import { SHORTEST, ZipSearch } from './zip-search.js';

/** Lowest level at which a block may end early. */
const CUTS_FROM = 3;
/** A match is never "good" at a greedy level, where none is held back. */
const NEVER = 1 << 16;

const encoderOf = (
  input: SlidingInput,
  scanner: Scanner,
  blocks: ZipBlocks,
  writer: ZipBlockWriter,
  { behind, searchesLast }: ZipDialect,
): DeflateEncoder => {
  const scan = (last: number, end: number): void => {
    scanner.scan(last, end, last);
  };
  return {
    write(bytes) {
      input.write(bytes, scan);
    },
    finish() {
      // While enough bytes lie ahead nothing is different; then the window slides once more if it can.
      scan(input.end - AHEAD, input.end);
      if (input.position >= input.base + WINDOW - AHEAD) input.slide();
      if (behind !== 'nothing') input.leftover(behind === 'zeros' ? 2 : 0);
      scanner.scan(input.end - 1, input.end, searchesLast ? input.end : input.base + WINDOW - AHEAD);
      scanner.finish();
      blocks.finish();
      writer.sink.align();
    },
    take: () => writer.sink.take(),
  };
};

/** The encoder of a lazy level by a kernel. `undefined` where there is no WebAssembly. */
const kernelEncoder = (level: number, dialect: ZipDialect): DeflateEncoder | undefined => {
  const settings = ZIP_LAZY_LEVELS[level];
  if (settings === undefined) return undefined;
  const source = zipKernel(dialect);
  const kernel = source.start();
  if (kernel === undefined) return undefined;
  const { input: address, inputSize } = source.map;
  const input = new SlidingInput(new Uint8Array(kernel.memory.buffer, address, inputSize), (by) => {
    kernel.move(by);
  });
  const writer = new ZipBlockWriter();
  const tokens = new KernelTokens(kernel, source.map);
  const blocks = new ZipBlocks(input, writer, tokens, dialect.blockTokens, dialect.cuts);
  const past = dialect.behind !== 'nothing';
  return encoderOf(
    input,
    new KernelLazyScan(kernel, input, tokens, blocks, settings, past, SHORTEST - 1),
    blocks,
    writer,
    dialect,
  );
};

/** The same without WebAssembly, and at any level. */
export const zipPlainFlate = (level: number, dialect: ZipDialect): DeflateEncoder => {
  const greedy = ZIP_GREEDY_LEVELS[level];
  const lazy = ZIP_LAZY_LEVELS[level];
  const chains = new HashChains(dialect.hashBits);
  const input = new SlidingInput(new Uint8Array(INPUT_SIZE), (by) => {
    chains.move(by);
  });
  const writer = new ZipBlockWriter();
  const tokens = new TokenArray(dialect.blockTokens);
  const cuts = dialect.cuts && level >= CUTS_FROM;
  const blocks = new ZipBlocks(input, writer, tokens, dialect.blockTokens, cuts);
  if (greedy !== undefined) {
    const search = new ZipSearch(input, chains, { ...greedy, good: NEVER }, dialect);
    return encoderOf(input, new ZipGreedyScan(input, search, tokens, blocks, greedy.inner), blocks, writer, dialect);
  }
  invariant(lazy !== undefined, 'no such level of deflate');
  const search = new ZipSearch(input, chains, lazy, dialect);
  return encoderOf(input, new ZipLazyScan(input, search, tokens, blocks, lazy.lazy), blocks, writer, dialect);
};

/** An encoder with the bytes of zlib or one of its relatives at levels 1 to 9. */
export const zipFlate = (level: number, dialect: ZipDialect): DeflateEncoder =>
  kernelEncoder(level, dialect) ?? zipPlainFlate(level, dialect);
