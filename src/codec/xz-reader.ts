import type { ByteStream } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import { ToolError } from '../base/error.js';
import type { DecoderContext } from './decoder.js';
import { PullReader } from './pull-reader.js';

/** A reader whose errors say where in which stream they are. */
export class XzReader extends PullReader {
  readonly #context: DecoderContext;

  constructor(stream: ByteStream, context: DecoderContext) {
    super(stream);
    this.#context = context;
  }

  /** An error at the next byte. */
  error(code: ErrorCode, what: string, found?: string): ToolError {
    return new ToolError(code, what, {
      subject: this.#context.subject,
      offset: this.offset,
      ...(found === undefined ? {} : { found }),
    });
  }

  /** XZ_CORRUPT at the next byte. */
  corrupt(what: string, found?: string): ToolError {
    return this.error('XZ_CORRUPT', what, found);
  }

  /** Runs what throws errors without a place, and adds it. */
  located<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw error instanceof ToolError ? error.within({ subject: this.#context.subject, offset: this.offset }) : error;
    }
  }

  /** At least `count` bytes, not taken. @throws {ToolError} XZ_CORRUPT */
  async need(count: number): Promise<Uint8Array> {
    if (await this.fill(count)) return this.buffered;
    throw this.corrupt('xz stream is cut', 'the end of the stream');
  }

  /** `count` bytes, taken; a copy. @throws {ToolError} XZ_CORRUPT */
  async take(count: number): Promise<Uint8Array> {
    const bytes = (await this.need(count)).slice(0, count);
    this.skip(count);
    return bytes;
  }
}

/** A number in xz's variable-length form, seven bits a byte, at most nine bytes. */
export interface Variable {
  /** Exact up to 2^53; larger ones compare unequal to any real size. */
  readonly value: number;
  /** Bytes that the number takes. */
  readonly length: number;
}

/** Reads a number at `at`; undefined if it is malformed or does not end in `bytes`. */
export const readVariable = (bytes: Uint8Array, at: number): Variable | undefined => {
  let value = 0;
  for (let length = 1; length <= 9; length += 1) {
    const byte = bytes[at + length - 1];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * (length - 1));
    if (byte < 0x80) return byte === 0 && length > 1 ? undefined : { value, length };
  }
  return undefined;
};
