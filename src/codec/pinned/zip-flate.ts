import type { DeflateEncoder } from './deflate-encoder.js';
import type { ZipDialect } from './zip-level.js';
import { type ZipParts, plainZipParts, scanToEnd, zipParts } from './zip-parts.js';

const encoderOf = (parts: ZipParts): DeflateEncoder => {
  const { blocks, input, scanner, writer } = parts;
  const scan = (last: number, end: number): void => {
    scanner.scan(last, end, last);
  };
  return {
    write(bytes) {
      input.write(bytes, scan);
    },
    finish() {
      scanToEnd(parts);
      blocks.finish();
      writer.sink.align();
    },
    take: () => writer.sink.take(),
  };
};

/** An encoder with the bytes of zlib or one of its relatives at levels 1 to 9. */
export const zipFlate = (level: number, dialect: ZipDialect): DeflateEncoder => encoderOf(zipParts(level, dialect));

/** The same without WebAssembly. */
export const zipPlainFlate = (level: number, dialect: ZipDialect): DeflateEncoder =>
  encoderOf(plainZipParts(level, dialect));
