import { EMPTY } from '../../base/bytes.js';
import { invariant } from '../../base/error.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { GoBlockWriter } from './go-block.js';
import { GoGreedyScan } from './go-greedy.js';
import { GoLazyScan } from './go-lazy.js';
import { goKernelFlate } from './go-kernel-flate.js';
import { GO_LEVELS, type GoLevel } from './go-level.js';
import { GoTokenBlock } from './go-token-block.js';
import { HASH_BITS } from './go-search.js';
import { SearchWindow } from './search-window.js';

/** The encoder without WebAssembly. */
export const goPlainFlate = (settings: GoLevel): DeflateEncoder => {
  const window = new SearchWindow(HASH_BITS);
  const writer = new GoBlockWriter();
  const block = new GoTokenBlock(window, writer);
  const search =
    settings.lazy > 0 ? new GoLazyScan(window, block, settings) : new GoGreedyScan(window, block, settings);
  const scan = (last: number, end: number): void => search.scan(last, end);
  return {
    write(bytes) {
      window.write(bytes, scan);
    },
    finish() {
      search.finish();
      writer.sink.stored(EMPTY, true);
    },
    take: () => writer.sink.take(),
  };
};

/** An encoder with the bytes of Go's compress/flate up to 1.26 at levels 2 to 9, for input written in one piece. */
export const goFlate = (level: number): DeflateEncoder => {
  const settings = GO_LEVELS[level];
  invariant(settings !== undefined, 'no such level of the Go encoder');
  return (settings.lazy > 0 ? goKernelFlate(settings) : undefined) ?? goPlainFlate(settings);
};
