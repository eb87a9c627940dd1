import { EMPTY } from '../../base/bytes.js';
import { invariant } from '../../base/error.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { GoBlockWriter } from './go-block.js';
import { BLOCK_TOKENS, GoBlocks } from './go-blocks.js';
import { GoGreedyScan } from './go-greedy.js';
import { GO_KERNEL } from './go-kernel.js';
import { GoLazyScan } from './go-lazy.js';
import { GO_GREEDY_LEVELS, GO_LAZY_LEVELS } from './go-level.js';
import { HASH_BITS, NONE } from './go-search.js';
import { HashChains } from './hash-chains.js';
import { KernelLazyScan } from './kernel-lazy.js';
import { KernelTokens } from './kernel-tokens.js';
import type { Scanner } from './scanner.js';
import { INPUT_SIZE, SlidingInput } from './sliding-input.js';
import { TokenArray } from './token-code.js';

const encoderOf = (input: SlidingInput, scanner: Scanner, blocks: GoBlocks, writer: GoBlockWriter): DeflateEncoder => {
  const scan = (last: number, end: number): void => {
    scanner.scan(last, end, last);
  };
  return {
    write(bytes) {
      input.write(bytes, scan);
    },
    finish() {
      scan(input.end - 1, input.end);
      scanner.finish();
      blocks.finish();
      writer.sink.stored(EMPTY, true);
    },
    take: () => writer.sink.take(),
  };
};

/** The encoder of a lazy level by a kernel. `undefined` where there is no WebAssembly. */
const kernelEncoder = (level: number): DeflateEncoder | undefined => {
  const settings = GO_LAZY_LEVELS[level];
  const kernel = settings === undefined ? undefined : GO_KERNEL.start();
  if (settings === undefined || kernel === undefined) return undefined;
  const { map } = GO_KERNEL;
  const input = new SlidingInput(new Uint8Array(kernel.memory.buffer, map.input, map.inputSize), (by) => {
    kernel.move(by);
  });
  const writer = new GoBlockWriter();
  const tokens = new KernelTokens(kernel, map);
  const blocks = new GoBlocks(input, writer, tokens);
  return encoderOf(input, new KernelLazyScan(kernel, input, tokens, blocks, settings, false, NONE), blocks, writer);
};

/** The same without WebAssembly, and at any level from 2 to 9. */
export const goPlainFlate = (level: number): DeflateEncoder => {
  const greedy = GO_GREEDY_LEVELS[level];
  const lazy = GO_LAZY_LEVELS[level];
  const chains = new HashChains(HASH_BITS);
  const input = new SlidingInput(new Uint8Array(INPUT_SIZE), (by) => {
    chains.move(by);
  });
  const writer = new GoBlockWriter();
  const tokens = new TokenArray(BLOCK_TOKENS);
  const blocks = new GoBlocks(input, writer, tokens);
  if (greedy !== undefined)
    return encoderOf(input, new GoGreedyScan(input, chains, tokens, blocks, greedy), blocks, writer);
  invariant(lazy !== undefined, 'no such level of the Go encoder');
  return encoderOf(input, new GoLazyScan(input, chains, tokens, blocks, lazy), blocks, writer);
};

/** An encoder with the bytes of Go's compress/flate up to 1.26 at levels 2 to 9, for input written in one piece. */
export const goFlate = (level: number): DeflateEncoder => kernelEncoder(level) ?? goPlainFlate(level);
