import { type ErrorCode } from './error-code.js';
import { ToolError } from './error.js';
import { CHUNK_SIZE } from './limits.js';

/**
 * Bytes, pulled. A chunk belongs to its producer and is valid until the next pull: a consumer that keeps it copies
 * it first. Chunks are never empty by contract of the producers here; consumers tolerate empty ones.
 */
export type ByteStream = AsyncIterable<Uint8Array>;

/** A part of a source: `length` bytes from `offset`; without `length`, all that follows. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/** Bytes at rest that can be read any number of times, from any place. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** How the source is named in errors: a path, `-`, a URL. */
  readonly name: string;
  /** Reads a part, by default everything. A range that leaves the source ends at its end. */
  read(range?: ByteRange, signal?: AbortSignal): ByteStream;
  /** One small read without stream overhead: up to `length` bytes, fewer only at the end. The result is the caller's. */
  readAt(offset: number, length: number): Promise<Uint8Array>;
  /** Where the source lies in an open file, if it does: lets bulk work run in another thread. */
  readonly file?: FileExtent;
  close(): Promise<void>;
}

/** A run of bytes in an open file of this process. The descriptor stays the owner's. */
export interface FileExtent {
  readonly fd: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

export const EMPTY: Uint8Array = new Uint8Array(0);

export const concatBytes = (chunks: readonly Uint8Array[]): Uint8Array => {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const result = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
};

/** Byte-wise equality. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);

/**
 * The whole of a stream, in memory. There is no default limit on purpose.
 * @throws {ToolError} the given code as soon as more than `limit` bytes have come
 */
export const readAll = async (
  stream: ByteStream,
  limit: number,
  tooLarge: { readonly code: ErrorCode; readonly subject: string },
): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > limit) {
      throw new ToolError(tooLarge.code, 'larger than the limit', {
        subject: tooLarge.subject,
        expected: `at most ${limit} bytes`,
        found: 'more',
      });
    }
    // A copy of its own: slice() of a Buffer shares memory with the producer.
    chunks.push(new Uint8Array(chunk));
  }
  return concatBytes(chunks);
};

/** Bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A stream of one piece of memory. */
export async function* streamOf(bytes: Uint8Array): ByteStream {
  if (bytes.length > 0) yield bytes;
}

/** The same bytes in chunks of `size`, the last one aside, for streams that come in crumbs. */
export async function* gathered(stream: ByteStream, size: number): ByteStream {
  const buffer = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield buffer;
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

const clip = (size: number, range: ByteRange | undefined): { start: number; end: number } => {
  const start = Math.min(range?.offset ?? 0, size);
  const end = range?.length === undefined ? size : Math.min(size, start + range.length);
  return { start, end };
};

/** Memory as a source; reads give views of it, in chunks of at most `chunkSize` bytes. */
export const memorySource = (bytes: Uint8Array, name: string, chunkSize: number = CHUNK_SIZE): ByteSource => ({
  size: bytes.length,
  name,
  async *read(range, signal): ByteStream {
    const { start, end } = clip(bytes.length, range);
    for (let at = start; at < end; at += chunkSize) {
      signal?.throwIfAborted();
      yield bytes.subarray(at, Math.min(end, at + chunkSize));
    }
  },
  readAt: async (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length)),
  close: async () => {},
});

/** A part of a source as a source of its own. Closing it leaves the whole open. */
export const sliceSource = (whole: ByteSource, offset: number, length: number, name: string): ByteSource => {
  const extent = whole.file;
  return {
    size: length,
    name,
    read: (range, signal) => {
      const { start, end } = clip(length, range);
      return whole.read({ offset: offset + start, length: end - start }, signal);
    },
    readAt: (at, count) => whole.readAt(offset + at, Math.max(0, Math.min(count, length - at))),
    ...(extent === undefined ? {} : { file: { fd: extent.fd, offset: extent.offset + offset, length } }),
    close: async () => {},
  };
};
