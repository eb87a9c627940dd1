import type { DeflateEncoder } from './deflate-encoder.js';
import { AHEAD, SearchWindow, WINDOW } from './search-window.js';
import { ZipBlockWriter } from './zip-block.js';
import { ZipGreedyScan } from './zip-greedy.js';
import { ZipLazyScan } from './zip-lazy.js';
import { type ZipDialect, ZIP_LEVELS } from './zip-level.js';
import { ZipSearch } from './zip-search.js';
import { ZipTokenBlock } from './zip-token-block.js';
import { invariant } from '../../base/error.js';

/** An encoder with the bytes of zlib or one of its relatives. */
export const zipFlate = (level: number, dialect: ZipDialect): DeflateEncoder => {
  const settings = ZIP_LEVELS[level];
  invariant(settings !== undefined, 'no such level of deflate');
  const window = new SearchWindow(dialect.hashBits);
  const writer = new ZipBlockWriter();
  const search = new ZipSearch(window, settings, dialect);
  const block = new ZipTokenBlock(window, writer, dialect, level > 2);
  const scanner =
    settings.lazy > 0
      ? new ZipLazyScan(window, search, block, settings)
      : new ZipGreedyScan(window, search, block, settings);
  const scan = (last: number, end: number): void => {
    scanner.scan(last, end, last);
  };
  return {
    write(bytes) {
      window.write(bytes, scan);
    },
    finish() {
      // While enough bytes lie ahead nothing is different; then the window slides once more if it can.
      scanner.scan(window.end - AHEAD, window.end, window.end);
      if (window.position >= window.base + WINDOW - AHEAD) window.slide();
      if (dialect.gnu) window.leftover();
      scanner.scan(window.end - 1, window.end, dialect.gnu ? window.base + WINDOW - AHEAD : window.end);
      scanner.finish();
      block.close(window.position, true);
      writer.sink.align();
    },
    take: () => writer.sink.take(),
  };
};
