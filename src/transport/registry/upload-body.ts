import type { ByteStream } from '../../base/bytes.js';
import type { VerifiedBlobReader } from '../../content/blob.js';
import type { Descriptor } from '../../oci/descriptor.js';

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * A blob on its way out, verified as a whole however often it is taken up again: parts are cut from one stream, and a
 * part that was read already is reached by reading from the start once more.
 */
export class UploadBody {
  readonly #blobs: VerifiedBlobReader;
  readonly #descriptor: Descriptor;
  readonly #signal: AbortSignal | undefined;
  #stream: AsyncIterator<Uint8Array> | undefined;
  /** What the last pull gave and no part has taken. */
  #rest: Uint8Array = NOTHING;
  #at = 0;
  /** Counts parts: one that was given up may still wait for a chunk, which is not its any more. */
  #turn = 0;
  #failure: unknown;

  constructor(blobs: VerifiedBlobReader, descriptor: Descriptor, signal: AbortSignal | undefined) {
    this.#blobs = blobs;
    this.#descriptor = descriptor;
    this.#signal = signal;
  }

  /** What was wrong with the blob itself; whatever the registry says after that is a consequence. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Bytes `start` to `end` of the blob. A new part ends the one before. The last byte leaves only if all is verified. */
  async *part(start: number, end: number): ByteStream {
    const turn = ++this.#turn;
    const isOver = (): boolean => turn !== this.#turn;
    if (this.#stream === undefined || start < this.#at) await this.#open();
    while (!isOver() && this.#at < end) {
      const chunk = this.#rest.length > 0 ? this.#rest : await this.#pull(isOver);
      if (chunk === undefined || isOver()) return;
      const skipped = Math.min(chunk.length, Math.max(0, start - this.#at));
      const wanted = chunk.subarray(skipped, Math.max(skipped, end - this.#at));
      this.#rest = chunk.subarray(skipped + wanted.length);
      this.#at += skipped + wanted.length;
      if (wanted.length === 0) continue;
      yield this.#at < this.#descriptor.size ? wanted : await this.#verified(wanted, isOver);
    }
  }

  async close(): Promise<void> {
    this.#turn++;
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.return?.();
  }

  async #open(): Promise<void> {
    const old = this.#stream;
    this.#stream = this.#blobs.read(this.#descriptor, this.#signal)[Symbol.asyncIterator]();
    this.#rest = NOTHING;
    this.#at = 0;
    await old?.return?.();
  }

  async #pull(isOver: () => boolean): Promise<Uint8Array | undefined> {
    try {
      const next = await this.#stream?.next();
      return next === undefined || next.done === true ? undefined : next.value;
    } catch (error) {
      if (!isOver()) this.#failure = error;
      throw error;
    }
  }

  /** The digest is known only when the stream has ended, and a chunk is its producer's again when the next is pulled. */
  async #verified(last: Uint8Array, isOver: () => boolean): Promise<Uint8Array> {
    const kept = last.slice();
    while ((await this.#pull(isOver)) !== undefined);
    return kept;
  }
}
