import { type ByteStream, EMPTY } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import { ToolError } from '../base/error.js';
import type { DecoderContext } from './decoder.js';

/** The same memory without Node's methods: slice() of a Buffer shares memory, that of a Uint8Array copies. */
const plainBytes = (chunk: Uint8Array): Uint8Array =>
  Buffer.isBuffer(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) : chunk;

/**
 * A stream as decoders want it: so many contiguous bytes, then so many taken. Bytes are copied only where what was
 * asked for lies across chunks.
 */
export class PullReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #ended = false;
  /** Memory of our own for what must outlive its chunk. */
  #store: Uint8Array = EMPTY;
  #view: Uint8Array = EMPTY;
  #offset = 0;

  constructor(stream: ByteStream) {
    this.#iterator = stream[Symbol.asyncIterator]();
  }

  /** Bytes taken so far: where in the stream the next byte lies. */
  get offset(): number {
    return this.#offset;
  }

  /** What has come and was not taken, never a Buffer. Valid until the next `fill`. */
  get buffered(): Uint8Array {
    return this.#view;
  }

  /** Takes bytes that are buffered. */
  skip(count: number): void {
    this.#view = this.#view.subarray(count);
    this.#offset += count;
  }

  /** Pulls until at least `count` bytes are buffered; false if the stream ends first. */
  async fill(count: number): Promise<boolean> {
    while (this.#view.length < count) {
      const chunk = await this.#pull();
      if (chunk === undefined) return false;
      if (chunk.length === 0) continue;
      if (this.#view.length === 0) this.#view = chunk;
      else this.#append(chunk);
    }
    return true;
  }

  /** Tells the stream that no more is wanted. Idempotent. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  async #pull(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    // The chunk that the view lies in dies with the pull.
    if (this.#view.length > 0 && this.#view.buffer !== this.#store.buffer) this.#keep(0);
    try {
      const result = await this.#iterator.next();
      if (result.done !== true) return plainBytes(result.value);
      this.#ended = true;
      return undefined;
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  #append(chunk: Uint8Array): void {
    const length = this.#view.length;
    this.#keep(chunk.length);
    const start = this.#view.byteOffset;
    this.#store.set(chunk, start + length);
    this.#view = this.#store.subarray(start, start + length + chunk.length);
  }

  /** Brings the view into the store with room for `extra` bytes behind it; half of the store stays free for later. */
  #keep(extra: number): void {
    const view = this.#view;
    const inside = view.buffer === this.#store.buffer;
    if (inside && view.byteOffset + view.length + extra <= this.#store.length) return;
    const wanted = 2 * (view.length + extra);
    if (this.#store.length < wanted) {
      const grown = new Uint8Array(wanted);
      grown.set(view);
      this.#store = grown;
    } else if (inside) {
      this.#store.copyWithin(0, view.byteOffset, view.byteOffset + view.length);
    } else {
      this.#store.set(view);
    }
    this.#view = this.#store.subarray(0, view.length);
  }
}

/**
 * The end of a stream behind its last member: nothing, or zeros, of which a note is made.
 * @throws {ToolError} `code` if anything but zeros follows
 */
export const expectEnd = async (reader: PullReader, code: ErrorCode, context: DecoderContext): Promise<void> => {
  const start = reader.offset;
  while (await reader.fill(1)) {
    const odd = reader.buffered.findIndex((byte) => byte !== 0);
    if (odd >= 0) {
      throw new ToolError(code, 'data follow the end of the compressed stream', {
        subject: context.subject,
        offset: start,
        expected: 'the end',
        found: reader.offset + odd === start ? 'other bytes' : 'zeros, then other bytes',
      });
    }
    reader.skip(reader.buffered.length);
  }
  if (reader.offset > start) context.onNote?.({ code, found: `${reader.offset - start} zero bytes at the end` });
};
