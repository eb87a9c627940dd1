import { compress, decompress, init } from '@bokuweb/zstd-wasm';
import { type ByteStream, sameBytes, utf8 } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { hashHex } from '../../base/hash.js';

/**
 * zstd as a fixed build in WebAssembly without SIMD. Native zstd gives other bytes on other processors and in other
 * versions; this one cannot change without its package, whose version is in the codec's id.
 */

/** Bytes of input of one frame. Each frame stands alone, so memory is bounded; the size is part of the codec. */
const FRAME = 4 * 1024 * 1024;

/** sha256 of what the build must make of a known input, or it is not the build that the id names. */
const KNOWN_ANSWER = '905ac3929373401b0459a9c79ae264004cc36335de920d49e30048402bf67335';

const knownInput = (): Uint8Array =>
  utf8(Array.from({ length: 40_000 }, (_, index) => `line ${index} of ${(index * 48_271) % 9973}\n`).join(''));

const broken = (what: string): ToolError =>
  new ToolError('CODEC_UNAVAILABLE', what, {
    subject: 'zstd in WebAssembly',
    hint: 'this platform cannot run the pinned zstd; use a gzip codec such as go-flate-1.26/6',
  });

let ready: Promise<void> | undefined;

/**
 * Processors on which the build was seen to give other bytes, which decompress to the input, for megabytes of input only:
 * no known answer that is short enough to ask for at each start can tell.
 */
const UNFIT: ReadonlySet<string> = new Set(['riscv64']);

const start = async (): Promise<void> => {
  if (UNFIT.has(process.arch)) throw broken(`WebAssembly on ${process.arch} gives other bytes for large inputs`);
  await init();
  const found = hashHex('sha256', compress(knownInput(), 3));
  if (found !== KNOWN_ANSWER) throw broken('the known input is compressed to other bytes than it must be');
};

const frameOf = (bytes: Uint8Array, level: number): Uint8Array => {
  const frame = compress(bytes, level);
  // A wrong compiler or emulator must not cost anybody a layer.
  if (!sameBytes(decompress(frame), bytes)) throw broken('what was compressed does not decompress to the input');
  return frame;
};

/**
 * Independent frames of a fixed size of input, joined: a reader of zstd takes them as one stream.
 * @throws {ToolError} CODEC_UNAVAILABLE if this platform does not run the build right
 */
export async function* zstdStream(stream: ByteStream, level: number): ByteStream {
  ready ??= start();
  await ready;
  const piece = new Uint8Array(FRAME);
  let filled = 0;
  let frames = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(FRAME - filled, chunk.length - at);
      piece.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < FRAME) continue;
      yield frameOf(piece, level);
      filled = 0;
      frames += 1;
    }
  }
  // An empty stream is one empty frame.
  if (filled > 0 || frames === 0) yield frameOf(piece.subarray(0, filled), level);
}
