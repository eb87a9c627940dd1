import { invariant } from '../../base/error.js';
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

/** A scanner that can begin anew. */
export interface ZipScanner extends Scanner {
  /** Forgets what was held back. */
  restart(): void;
}

/** The parts of an encoder of zlib's family, joined together. */
export interface ZipParts {
  readonly dialect: ZipDialect;
  readonly input: SlidingInput;
  readonly scanner: ZipScanner;
  readonly blocks: ZipBlocks;
  readonly writer: ZipBlockWriter;
}

/** Lowest level at which a block may end early. */
const CUTS_FROM = 3;
/** A match is never "good" at a greedy level, where none is held back. */
const NEVER = 1 << 16;

/** The parts of a lazy level with a kernel. `undefined` where there is no WebAssembly. */
const kernelParts = (level: number, dialect: ZipDialect): ZipParts | undefined => {
  const settings = ZIP_LAZY_LEVELS[level];
  if (settings === undefined) return undefined;
  const { map, start } = zipKernel(dialect);
  const kernel = start();
  if (kernel === undefined) return undefined;
  const input = new SlidingInput(new Uint8Array(kernel.memory.buffer, map.input, map.inputSize), (by) => {
    kernel.move(by);
  });
  const writer = new ZipBlockWriter();
  const tokens = new KernelTokens(kernel, map);
  const blocks = new ZipBlocks(input, writer, tokens, dialect.blockTokens, dialect.cuts);
  const past = dialect.behind !== 'nothing';
  const scanner = new KernelLazyScan(kernel, input, tokens, blocks, settings, past, SHORTEST - 1);
  return { dialect, input, scanner, blocks, writer };
};

/** The same without WebAssembly, and of any level. */
export const plainZipParts = (level: number, dialect: ZipDialect): ZipParts => {
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
    const scanner = new ZipGreedyScan(input, search, tokens, blocks, greedy.inner);
    return { dialect, input, scanner, blocks, writer };
  }
  invariant(lazy !== undefined, 'no such level of deflate');
  const search = new ZipSearch(input, chains, lazy, dialect);
  return { dialect, input, scanner: new ZipLazyScan(input, search, tokens, blocks, lazy.lazy), blocks, writer };
};

/** The parts of an encoder at levels 1 to 9. */
export const zipParts = (level: number, dialect: ZipDialect): ZipParts =>
  kernelParts(level, dialect) ?? plainZipParts(level, dialect);

/** Gives all bytes of the input their tokens: it ends here. */
export const scanToEnd = ({ dialect, input, scanner }: ZipParts): void => {
  const { behind, searchesLast } = dialect;
  // While enough bytes lie ahead nothing is different; then the window slides once more if it can.
  scanner.scan(input.end - AHEAD, input.end, input.end);
  if (input.position >= input.base + WINDOW - AHEAD) input.slide();
  if (behind !== 'nothing') input.leftover(behind === 'zeros' ? 2 : 0);
  scanner.scan(input.end - 1, input.end, searchesLast ? input.end : input.base + WINDOW - AHEAD);
  scanner.finish();
};
