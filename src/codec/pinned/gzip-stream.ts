import { crc32 } from 'node:zlib';
import type { ByteStream } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';

/** The fields of a gzip header that producers fill differently. There is never a name, a comment or an extra field. */
export interface GzipHeader {
  /** Seconds since 1970; 0 means none. */
  readonly mtime: number;
  /** XFL: 2 for the hardest compression, 4 for the fastest, by some. */
  readonly extraFlags: number;
  /** OS: 3 is Unix, 255 unknown. */
  readonly os: number;
}

/** Bytes that are encoded before the output is looked at: bounds the memory of the output, and the time of a turn. */
const PIECE = 128 * 1024;

const headerBytes = ({ mtime, extraFlags, os }: GzipHeader): Uint8Array => {
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, extraFlags, os);
  new DataView(header.buffer).setUint32(4, mtime, true);
  return header;
};

const trailerBytes = (crc: number, size: number): Uint8Array => {
  const trailer = new Uint8Array(8);
  const view = new DataView(trailer.buffer);
  view.setUint32(0, crc, true);
  view.setUint32(4, size, true);
  return trailer;
};

/**
 * One gzip member (RFC 1952) around what the encoder makes of a stream. Pull only; an error of the input passes
 * unchanged.
 */
export async function* gzipStream(stream: ByteStream, encoder: DeflateEncoder, header: GzipHeader): ByteStream {
  yield headerBytes(header);
  let crc = 0;
  let size = 0;
  for await (const chunk of stream) {
    crc = crc32(chunk, crc);
    size = (size + chunk.length) % 0x1_0000_0000;
    for (let at = 0; at < chunk.length; at += PIECE) {
      encoder.write(chunk.subarray(at, at + PIECE));
      const ready = encoder.take();
      if (ready.length > 0) yield ready;
    }
  }
  encoder.finish();
  yield encoder.take();
  yield trailerBytes(crc, size);
}
