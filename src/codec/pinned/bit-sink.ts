import { invariant } from '../../base/error.js';

/** Bytes that the sink first has room for. */
const START_CAPACITY = 256 * 1024;

/**
 * Where an encoder leaves its bits: least significant first, as deflate packs them. It grows as needed and is
 * emptied by {@link BitSink.take}. Hot loops take the fields into locals and put them back.
 */
export class BitSink {
  bytes: Uint8Array = new Uint8Array(START_CAPACITY);
  /** Whole bytes written and not taken. */
  length = 0;
  /** The bits that do not make two bytes yet; those from {@link bitCount} up are zero. */
  bitBuffer = 0;
  /** 0 to 15. */
  bitCount = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Writes `count` bits of `value`, 0 to 16. The caller has reserved the room. */
  bits(value: number, count: number): void {
    let buffer = this.bitBuffer | (value << this.bitCount);
    let filled = this.bitCount + count;
    if (filled >= 16) {
      this.bytes[this.length++] = buffer;
      this.bytes[this.length++] = buffer >>> 8;
      buffer >>>= 16;
      filled -= 16;
    }
    this.bitBuffer = buffer;
    this.bitCount = filled;
  }

  /** Fills the last byte with zero bits. */
  align(): void {
    this.reserve(2);
    for (; this.bitCount > 0; this.bitCount = Math.max(0, this.bitCount - 8)) {
      this.bytes[this.length++] = this.bitBuffer;
      this.bitBuffer >>>= 8;
    }
  }

  /** Appends whole bytes; the sink must be aligned. */
  append(bytes: Uint8Array): void {
    invariant(this.bitCount === 0, 'bytes appended between bits');
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes a stored block of at most 65535 bytes. */
  stored(raw: Uint8Array, last: boolean): void {
    this.reserve(8);
    this.bits(last ? 1 : 0, 3);
    this.align();
    this.bits(raw.length, 16);
    this.bits(~raw.length & 0xffff, 16);
    this.append(raw);
  }

  /** The whole bytes written so far, which leave the sink. Valid until the next write. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
