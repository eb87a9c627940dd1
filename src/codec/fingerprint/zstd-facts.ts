import type { ByteStream } from '../../base/bytes.js';
import type { ErrorCode } from '../../base/error-code.js';
import { ToolError } from '../../base/error.js';
import type { DecoderContext } from '../decoder.js';
import { PullReader } from '../pull-reader.js';
import {
  type FrameHeader,
  ZSTD_MAGIC,
  frameHeaderLength,
  hasReservedBit,
  isSkippable,
  parseFrameHeader,
} from '../zstd-frame.js';

/** Frames after which the walk ends. */
const MAX_FRAMES = 65_536;
/** Skippable frames that are told one by one. */
const MAX_SKIPPABLE = 16;
/** Bytes at the end of a skippable frame that are kept. */
const TAIL = 8;

export interface SkippableFrame {
  /** The lowest digit of its magic number, 0 to 15. */
  readonly kind: number;
  /** Bytes behind magic and size. */
  readonly size: number;
  /** Its last bytes, at most eight. */
  readonly tail: Uint8Array;
}

export interface ZstdFacts {
  /** Whether every frame was passed. */
  complete: boolean;
  /** Frames with data, and those of them that state their size, have a checksum, or are in one segment. */
  frames: number;
  sized: number;
  checksums: number;
  singleSegments: number;
  /** Bytes of the largest window of a frame that is not in one segment; 0: none. */
  maxWindow: number;
  /** Whether a frame names a dictionary. */
  hasDictionary: boolean;
  /** The first frame that has data. */
  first: FrameHeader | undefined;
  /** Blocks by type. */
  raw: number;
  rle: number;
  compressed: number;
  /** Compressed blocks whose literals use the Huffman table of an earlier block. */
  treeless: number;
  /** Bytes of the first block of the first frame, if that block is raw and not the last. */
  rawHead: number | undefined;
  /** Skippable frames, and the last of them in the order they come. */
  skippable: number;
  readonly lastSkippable: SkippableFrame[];
}

const word = (bytes: Uint8Array, at = 0): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);

class Walk {
  readonly facts: ZstdFacts = {
    complete: true,
    frames: 0,
    sized: 0,
    checksums: 0,
    singleSegments: 0,
    maxWindow: 0,
    hasDictionary: false,
    first: undefined,
    raw: 0,
    rle: 0,
    compressed: 0,
    treeless: 0,
    rawHead: undefined,
    skippable: 0,
    lastSkippable: [],
  };
  readonly #reader: PullReader;
  readonly #subject: string;

  constructor(reader: PullReader, subject: string) {
    this.#reader = reader;
    this.#subject = subject;
  }

  error(what: string, found: string, code: ErrorCode = 'ZSTD_CORRUPT'): ToolError {
    return new ToolError(code, what, { subject: this.#subject, offset: this.#reader.offset, found });
  }

  async need(count: number): Promise<Uint8Array> {
    if (await this.#reader.fill(count)) return this.#reader.buffered;
    throw this.error('zstd stream is cut', 'the end of the stream');
  }

  async pass(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const part = Math.min(left, (await this.need(1)).length);
      this.#reader.skip(part);
      left -= part;
    }
  }

  async skippable(): Promise<void> {
    const head = await this.need(8);
    const kind = word(head) & 15;
    const size = word(head, 4);
    const tailSize = Math.min(size, TAIL);
    await this.pass(8 + size - tailSize);
    const tail = new Uint8Array((await this.need(tailSize)).subarray(0, tailSize));
    await this.pass(tailSize);
    this.facts.skippable += 1;
    if (this.facts.lastSkippable.push({ kind, size, tail }) > MAX_SKIPPABLE) this.facts.lastSkippable.shift();
  }

  async frame(): Promise<void> {
    const { facts } = this;
    const [descriptor = 0] = (await this.need(5)).subarray(4);
    if (hasReservedBit(descriptor)) throw this.error('zstd frame uses a reserved feature', 'it', 'CODEC_UNSUPPORTED');
    const length = 4 + frameHeaderLength(descriptor);
    const header = parseFrameHeader((await this.need(length)).subarray(4, length));
    await this.pass(length);
    facts.frames += 1;
    facts.first ??= header;
    if (header.contentSize !== undefined) facts.sized += 1;
    if (header.hasChecksum) facts.checksums += 1;
    if ((descriptor & 0x20) !== 0) facts.singleSegments += 1;
    else facts.maxWindow = Math.max(facts.maxWindow, header.windowSize);
    if (header.dictionaryId !== 0) facts.hasDictionary = true;
    for (let index = 0; await this.block(facts.frames === 1 && index === 0); index += 1);
    if (header.hasChecksum) {
      await this.need(4);
      await this.pass(4);
    }
  }

  /** Passes a block; false if it was the last one. */
  async block(isHead: boolean): Promise<boolean> {
    const { facts } = this;
    const [low = 0, middle = 0, high = 0] = await this.need(3);
    const isLast = (low & 1) === 1;
    const type = (low >> 1) & 3;
    const size = (low >> 3) + middle * 32 + high * 8192;
    if (type === 0) facts.raw += 1;
    else if (type === 1) facts.rle += 1;
    else if (type === 3) throw this.error('reserved zstd block type', '3');
    else {
      facts.compressed += 1;
      const [literals = 0] = (await this.need(4)).subarray(3);
      if ((literals & 3) === 3) facts.treeless += 1;
    }
    if (isHead && type === 0 && !isLast) facts.rawHead = size;
    await this.pass(3 + (type === 1 ? 1 : size));
    return !isLast;
  }
}

/**
 * What the frames of a zstd stream tell about its producer. Blocks are passed over, not decoded. The stream is ended
 * in any case; what follows the last frame is not looked at.
 * @throws {ToolError} ZSTD_CORRUPT, CODEC_UNSUPPORTED (a feature that no version of the format has)
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1}
 */
export const readZstdFacts = async (stream: ByteStream, context: DecoderContext): Promise<ZstdFacts> => {
  const reader = new PullReader(stream);
  const walk = new Walk(reader, context.subject);
  try {
    while (await reader.fill(4)) {
      const magic = word(reader.buffered);
      if (magic !== ZSTD_MAGIC && !isSkippable(magic)) break;
      if (walk.facts.frames + walk.facts.skippable >= MAX_FRAMES) {
        walk.facts.complete = false;
        break;
      }
      if (magic === ZSTD_MAGIC) await walk.frame();
      else await walk.skippable();
    }
    if (walk.facts.frames + walk.facts.skippable === 0) throw walk.error('not a zstd stream', 'other bytes');
    return walk.facts;
  } finally {
    await reader.close();
  }
};
