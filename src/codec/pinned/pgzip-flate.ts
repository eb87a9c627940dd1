import { EMPTY } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { PgzipBlockWriter, type PgzipDialect } from './pgzip-block.js';
import { PGZIP_BLOCK, PgzipSearch } from './pgzip-search.js';

/** Bytes before a segment that it may refer to. */
const TAIL = 16 * 1024;
/** Bytes below which the last block of a segment is not searched for matches. */
const SMALL = 128;
/** Bytes up to which it is stored. */
const TINY = 32;

/**
 * An encoder with the bytes of klauspost/pgzip at level 5: segments that are compressed on their own, knowing the 16 KiB
 * before them. Each ends with an empty stored block.
 * @param size bytes of a segment
 */
export const pgzipFlate = (size: number, dialect: PgzipDialect): DeflateEncoder => {
  const search = new PgzipSearch();
  const writer = new PgzipBlockWriter(dialect);
  const { tokens } = search;
  /** The bytes before the segment, and the segment. */
  const bytes = new Uint8Array(TAIL + size);
  let start = TAIL;
  let end = TAIL;

  const block = (raw: Uint8Array, last: boolean): void => {
    if (last && raw.length <= TINY) {
      writer.store(raw);
      return;
    }
    if (!last || raw.length >= SMALL) search.search(raw);
    if (last && raw.length < SMALL) writer.writeLiterals(raw, true);
    else if (tokens.count === 0) writer.store(raw);
    // Matches that save less than a sixteenth are not worth their codes.
    else if (tokens.count > raw.length - (raw.length >> 4)) writer.writeLiterals(raw, last);
    else writer.writeTokens(tokens, raw, last);
    tokens.clear();
  };

  const encode = (): void => {
    search.restart();
    if (start < TAIL) search.search(bytes.subarray(start, TAIL));
    tokens.clear();
    for (let at = TAIL; at < end; at += PGZIP_BLOCK) {
      // A full block is written as the last of its segment if nothing follows.
      block(bytes.subarray(at, Math.min(at + PGZIP_BLOCK, end)), at + PGZIP_BLOCK >= end);
    }
    writer.store(EMPTY);
    bytes.copyWithin(0, end - TAIL, end);
    start = end - TAIL > TAIL ? 0 : TAIL;
    end = TAIL;
  };

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) {
        const count = Math.min(chunk.length - at, bytes.length - end);
        bytes.set(chunk.subarray(at, at + count), end);
        end += count;
        at += count;
        if (end === bytes.length) encode();
      }
    },
    finish() {
      encode();
      writer.finish();
    },
    take: () => writer.sink.take(),
  };
};
