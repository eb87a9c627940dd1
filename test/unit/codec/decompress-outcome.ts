import { type ByteStream, concatBytes } from '../../../src/base/bytes.js';
import { ToolError } from '../../../src/base/error.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/base/limits.js';
import { type Compression, decompress } from '../../../src/codec/compression.js';

/** What came of decompressing: all bytes, or the code of the error and where it lay; and the notes before. */
export interface Outcome {
  readonly bytes?: Uint8Array;
  readonly code?: string;
  readonly offset?: number;
  readonly notes: readonly string[];
}

/** Memory as a stream of chunks of one buffer, which each pull overwrites, as the contract of chunks allows. */
export async function* chunked(bytes: Uint8Array, sizes: Iterable<number>): ByteStream {
  const buffer = new Uint8Array(bytes.length);
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    const piece = bytes.subarray(at, at + size);
    buffer.fill(0xa5);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    at += piece.length;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

/** One size again and again. */
export function* always(size: number): Generator<number> {
  for (;;) yield size;
}

/** Decompresses memory; anything but a ToolError is thrown on. */
export const outcomeOf = async (
  bytes: Uint8Array,
  compression: Compression,
  options: { readonly limits?: Partial<Limits>; readonly sizes?: Iterable<number> } = {},
): Promise<Outcome> => {
  const notes: string[] = [];
  const chunks: Uint8Array[] = [];
  try {
    const stream = decompress(chunked(bytes, options.sizes ?? always(65_536)), compression, {
      subject: 'blob',
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      onNote: ({ code }) => notes.push(code),
    });
    for await (const chunk of stream) chunks.push(chunk.slice());
    return { bytes: concatBytes(chunks), notes };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { offset } = error.details;
    return { code: error.code, notes, ...(offset === undefined ? {} : { offset }) };
  }
};

export const join = (...parts: readonly Uint8Array[]): Uint8Array => concatBytes(parts);

/** The bytes with the one at `index` changed by `mask`. */
export const flipped = (bytes: Uint8Array, index: number, mask: number): Uint8Array => {
  const copy = bytes.slice();
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
};

/**
 * Cuts a single-member stream behind every byte and flips every bit of every byte. Gives what went wrong: nothing for
 * a decoder that refuses all cuts with `code`, and answers each flip with an error or the right bytes.
 */
export const weakSpots = async (
  stream: Uint8Array,
  plain: Uint8Array,
  compression: Compression,
  code: string,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (let length = 0; length < stream.length; length += 1) {
    const outcome = await outcomeOf(stream.subarray(0, length), compression);
    if (outcome.code !== code) found.push(`cut after ${length}: ${outcome.code ?? 'accepted'}`);
  }
  let refused = 0;
  for (let index = 0; index < stream.length; index += 1) {
    const { bytes } = await outcomeOf(flipped(stream, index, 1 << (index % 8)), compression);
    if (bytes === undefined) refused += 1;
    else if (!Buffer.from(bytes).equals(plain)) found.push(`flip at ${index}: wrong bytes`);
  }
  // Most bytes carry data; a decoder that looks at nothing would refuse none.
  if (refused < stream.length / 2) found.push(`only ${refused} of ${stream.length} flips refused`);
  return found;
};
